"""What the repository holds: locks without addresses, nothing left unfinished, links that lead somewhere."""

from __future__ import annotations

import json
import re

from architecture.sources import ROOT, tracked

TEXT = {".py", ".md", ".jinja", ".toml", ".yaml", ".yml", ".sh", ".js", ".css", ".json", ".txt", ".service", ""}


def test_lock_files_hold_no_addresses() -> None:
    locks = [*ROOT.glob("*.lock"), ROOT / "package-lock.json"]
    assert len(locks) >= 3
    assert [p.name for p in locks if "://" in p.read_text().replace("https://opencollective.com", "")] == []


def test_every_locked_package_has_a_hash() -> None:
    for lock in ROOT.glob("*.lock"):
        pinned = re.findall(r"^[a-z0-9.\-\[\]_]+==\S+.*\\\n(\s+--hash=sha256:)?", lock.read_text(), re.M | re.I)
        assert pinned, lock.name
        assert all(pinned), lock.name
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in facts for name, facts in packages.items() if name)


def test_nothing_is_left_unfinished() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|[Cc]oming soon|[Nn]ot implemented yet)\b")
    here = "tests/architecture/"
    found = [
        str(p.relative_to(ROOT))
        for p in tracked()
        if p.suffix in TEXT and here not in str(p) and words.search(p.read_text(errors="replace"))
    ]
    assert found == []


def test_every_relative_link_of_the_documents_leads_to_a_file() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in tracked()
        if page.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert dead == []
