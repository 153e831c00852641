"""Who is told of an absence that was reported, and of a calendar that cannot be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conftest import NOW, World
from fairlead.events.models import Event
from fairlead.notices import actions
from fairlead.notices.models import Notice
from fairlead.people import actions as people


def told(kind: str) -> set[tuple[str, str, str]]:
    """{(who, kind of notice, title)} of the newest event of this kind."""
    actions.tell(Event.objects.filter(kind=kind).latest("seq"), now=NOW)
    return set(Notice.objects.values_list("user__email", "kind", "title"))


def test_managers_hear_of_an_absence_at_once(world: World) -> None:
    by: dict[str, Any] = {"actor": world.alice.actor, "now": NOW}
    bob = people.create_worker(kind="employee", name="Bob", user=world.bob.user, **by)
    people.report_absence(bob, NOW.date() + timedelta(days=1), actor=world.bob.actor, now=NOW)
    found = told("timeoff.approved")
    assert {(who, title) for who, kind, title in found if kind == "absent"} == {
        ("alice@example.com", "Bob reports an absence from today"),
        ("olga@example.com", "Bob reports an absence from today"),
    }


def test_only_the_owner_hears_of_a_calendar_that_cannot_be_read(world: World) -> None:
    bob = people.create_worker(kind="employee", name="Bob", user=world.bob.user, actor=world.alice.actor, now=NOW)
    calendar = people.connect_calendar(bob, "Work", "https://calendar.example/x", actor=world.bob.actor, now=NOW)
    people.note_fault(calendar, "Gone.", "Make a new link.", now=NOW)
    assert told("calendar.failed") == {("bob@example.com", "calendar_failed", "A calendar of yours cannot be read")}
    notice = Notice.objects.get()
    assert (notice.url, notice.body) == (f"/people/{bob.pk}/calendars/", "Gone.")
