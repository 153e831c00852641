"""Pieces of pages that are drawn once: nothing is shown that is no longer so."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from fairlead.web import pieces


def test_the_same_is_drawn_once_and_anything_else_anew() -> None:
    drawn = []

    def card(row: dict[str, object], today: date) -> Markup:
        drawn.append(row["title"])
        return Markup("<li>{} {}</li>").format(row["title"], today)

    def row(**more: object) -> dict[str, object]:
        return {"title": "A", "labels": [{"name": "x", "color": 1}], "checks": (1, 2), "worker": None, **more}

    first, next_day = date(2026, 11, 26), date(2026, 11, 27)
    assert pieces.again(card, row(), first) == pieces.again(card, row(), first) == "<li>A 2026-11-26</li>"
    assert drawn == ["A"]
    others = (
        row(title="B"), row(labels=[{"name": "x", "color": 2}]), row(labels=[]), row(checks=(2, 2)),
        row(worker={"id": 1, "name": "Ada"}), row(worker={"id": 1, "name": "Ida"}), row(more=None),
    )  # fmt: skip
    for other in others:
        pieces.again(card, other, first)
        pieces.again(card, other, first)
    assert pieces.again(card, row(), next_day) == "<li>A 2026-11-27</li>"
    assert drawn == ["A", "B", "A", "A", "A", "A", "A", "A", "A"]


def test_what_is_remembered_stays_small() -> None:
    for n in range(pieces.MOST_REMEMBERED + 10):
        pieces.again(lambda row: Markup("{}").format(row["n"]), {"n": n})
    assert len(pieces._remembered) <= pieces.MOST_REMEMBERED
