"""Plans, candidates and explanations in German, down to the engine's reasons; what is kept stays English."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from allocation.conftest import Team, team  # noqa: F401  a fixture
from allocation.test_proposals import away, bobs_week, draft, run
from fairlead.allocation import actions, jobs, queries
from fairlead.allocation.models import PlanLine, Receipt
from fairlead.allocation.sayings import in_language
from fairlead.engine.saying import parts
from fairlead.engine.wording import points
from fairlead.lib.errors import Forbidden
from fairlead.lib.speech import speaking

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de-DE,de;q=0.9"}


@pytest.fixture
def alice(team: Team) -> Client:  # noqa: F811
    client = Client()
    client.force_login(team.world.alice.user)
    return client


def text(response: Any) -> str:
    """What people read: without tags, spaces as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_candidates_are_weighed_in_the_language_of_the_reader(team: Team, alice: Client) -> None:  # noqa: F811
    task = team.task(needs={team.python.pk: 3})
    german = text(alice.get(f"/tasks/{task}/candidates/", headers=GERMAN))
    for words in ("Bob zuteilen", "Python 4 (nötig 3)", "Ausgeschlossen (1)", "nötig ist Python ≥ 3; vorhanden 2"):
        assert words in german
    english = text(alice.get(f"/tasks/{task}/candidates/"))
    for words in ("Assign Bob", "Python 4 (needs 3)", "Ruled out (1)", "needs Python ≥ 3; has 2"):
        assert words in english


def test_a_receipt_is_english_and_is_read_in_german(team: Team, alice: Client) -> None:  # noqa: F811
    task = team.task(needs={team.python.pk: 4})
    actions.assign_best(task, actor=team.alice, now=team.now)
    out = {row["sentence"] for row in Receipt.objects.get().ranking["ranking"]["ruled_out"]}
    assert out == {"needs Python ≥ 4; has 3", "needs Python ≥ 4; has 2"}
    told = text(alice.get(f"/tasks/{task}/why/", headers=GERMAN))
    for words in ("Niemand sonst konnte es übernehmen.", "nötig ist Python ≥ 4; vorhanden 3"):
        assert words in told
    assert "needs Python" not in told
    again = alice.post(f"/receipts/{Receipt.objects.get().pk}/replay/", headers=GERMAN)
    assert "Aus denselben Daten neu berechnet: dasselbe Ergebnis, Byte für Byte." in text(again)


def test_why_not_me_names_the_least_change_in_german(team: Team) -> None:  # noqa: F811
    task = team.task(needs={team.python.pk: 4})
    actions.assign_best(task, actor=team.alice, now=team.now)
    with speaking("de"):
        told = queries.standing(team.fresh(task), team.dana, actor=team.world.dana.actor, now=team.now)
    assert told.reason == "nötig ist Python ≥ 4; vorhanden 3"
    assert [change.sentence for change in told.changes] == [
        "Dana Python 4 hätte statt 3 und Dana 1 h 4 min bräuchte statt 2 h"
    ]


def test_a_proposal_is_kept_in_english_and_said_in_german(team: Team) -> None:  # noqa: F811
    bobs_week(team)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    plan = draft()
    with speaking("de"):
        cause, moved = queries.cause_of(plan), queries.plan_sheet(team.alice, plan).of("moved")
    assert cause.startswith("Bob ist abwesend, ")
    assert moved
    assert all("Bob ist abwesend, " in line.reason for line in moved)
    assert all("Dana macht es ab " in line.reason for line in moved)
    kept = PlanLine.objects.filter(plan=plan, kind="moved").values_list("reason", flat=True)
    assert all("Bob is away from " in reason for reason in kept)
    assert queries.cause_of(plan) == plan.cause


def test_a_refusal_is_german_for_a_german_and_english_for_others(team: Team) -> None:  # noqa: F811
    for language, words in (
        ("de", "Nur Manager verteilen Arbeit, nie ein KI-Agent."),
        ("en", "Only managers allocate work; an AI agent never does."),
    ):
        with speaking(language):
            with pytest.raises(Forbidden) as refused:
                actions.make_plan(team.project, actor=team.world.dana.actor, now=team.now)
            assert str(refused.value.detail) == words


def test_numbers_and_lists_inside_reasons_are_german_too() -> None:
    said = points(104_955.9)
    with speaking("de"):
        assert in_language(said) == in_language(str(said), parts(said)) == "rund 105.000 Punkte"
        assert in_language("kept before anything was noted", None) == "kept before anything was noted"
    assert in_language(str(said), parts(said)) == "about 105,000 points"


def test_the_day_of_a_meeting_that_a_proposal_was_made_for_is_german() -> None:
    kept = {"text": "%(name)s is busy on %(day)s, %(low)s–%(high)s"}
    values = {"name": "Bob", "day": {"day": "2026-12-01"}, "low": "10:00", "high": "14:00"}
    with_time = {**values, "day": {"day": "2026-12-01T10:00:00+01:00"}}
    with speaking("de"):
        told = [in_language("Bob is busy on 1 Dec, 10:00–14:00", {**kept, "values": it}) for it in (values, with_time)]
    assert told == ["Bob ist belegt am 1. Dez., 10:00–14:00"] * 2
