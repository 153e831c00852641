"""For translators: bring the files of translations up to date, and say what is missing."""

from __future__ import annotations

import argparse

from fairlead.cli.database import set_up_django


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    texts = commands.add_parser("texts", help="bring the translations up to date and say what is missing")
    texts.add_argument("--check", action="store_true", help="write nothing, only say what is wrong")
    texts.add_argument("--drop-unused", action="store_true", help="forget translations of texts that are gone")
    texts.add_argument("--literals", metavar="AREA", help="list the texts of an area that are not marked yet")
    texts.set_defaults(run=_texts)


def _texts(arguments: argparse.Namespace) -> int:
    set_up_django()
    if arguments.literals:
        return _literals(arguments.literals)
    if not arguments.check:
        _update(drop_unused=arguments.drop_unused)
    from fairlead.cli.texts.verify import findings

    wrong = list(findings())
    print("\n".join(wrong) or "Every marked text is translated.")
    return 1 if wrong else 0


def _update(*, drop_unused: bool) -> None:
    from fairlead.cli.texts.areas import COMPLETE
    from fairlead.cli.texts.extract import is_translated, update_all

    print(f"{'area':<14}{'texts':>7}{'missing':>9}{'fuzzy':>7}{'unused':>8}")
    for language, area, found in update_all(drop_unused=drop_unused):
        rows = [message for message in found if message.id]
        missing, fuzzy = sum(not is_translated(row) for row in rows), sum(row.fuzzy for row in rows)
        mark = "" if area in COMPLETE else "  (not all texts are marked)"
        print(f"{language} {area:<11}{len(rows):>7}{missing:>9}{fuzzy:>7}{len(found.obsolete):>8}{mark}")


def _literals(area: str) -> int:
    from fairlead.cli.texts.literals import unmarked

    found = list(unmarked(area))
    print("\n".join(str(one) for one in found) or "Every text is marked.")
    print(f"{len(found)} texts")
    return 1 if found else 0
