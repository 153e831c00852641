"""The pages of the directory: what each role sees, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import NOW, Person, World
from fairlead.events.tenancy import enter
from fairlead.people import actions, queries
from fairlead.people.models import Skill, TimeOff, Worker
from people.team import Team, count_events, signed_in, text


def test_an_empty_directory_teaches_the_first_step(world: World) -> None:
    html = text(signed_in(world.alice), "/people/")
    assert "Who does the work?" in html
    assert 'href="/people/new/"' in html
    assert 'href="/people/new/"' not in text(signed_in(world.bob), "/people/")


def test_everybody_is_listed_with_kind_and_presence(world: World, team: Team) -> None:
    html = text(signed_in(world.bob), "/people/")
    for word in ("Alice", "Bob", "Dana", "Echo", "AI agent", "Freelancer", "At work around the clock"):
        assert word in html


def test_filters_stand_in_the_address_and_a_fragment_is_only_the_list(world: World, team: Team) -> None:
    actions.set_skill(team.bob, team.scala, 4, actor=world.alice.actor, now=NOW)
    client = signed_in(world.alice)
    html = text(client, f"/people/?skill={team.functional.pk}&level=3", **{"HX-Request": "true"})
    assert "Bob" in html
    assert "Dana" not in html
    assert "<html" not in html
    assert "Nobody matches" in text(client, "/people/?q=zzz")
    assert "Nobody matches" in text(client, f"/people/?skill={team.scala.pk}&level=99&kind=agent")


def test_of_many_requests_for_time_off_the_earliest_are_shown_and_how_many_follow(world: World, team: Team) -> None:
    client, first = signed_in(world.alice), timezone.now().date() + timedelta(days=1)
    for n in range(23):
        day = first + timedelta(days=n)
        actions.request_time_off(team.bob, day, day, f"Reason {n:02}", actor=world.bob.actor, now=NOW)
    html = text(client, "/people/")
    assert [n for n in range(23) if f"Reason {n:02}" in html] == list(range(20))
    assert "23 requests waiting" in html
    assert "and 3 more, after these." in html
    for asked in TimeOff.objects.order_by("starts_on")[:3]:
        actions.approve_time_off(asked, actor=world.alice.actor, now=NOW)
    html = text(client, "/people/")
    assert "Reason 22" in html
    assert "after these." not in html


@pytest.mark.parametrize(
    "query", ["?skill=x&level=y&from=z", "?from=99999999", "?skill=99999999999999999999", "?q=%00"]
)
def test_a_strange_address_still_shows_the_list(world: World, team: Team, query: str) -> None:
    assert signed_in(world.alice).get("/people/" + query).status_code == 200


def test_the_list_and_the_profile_take_the_same_number_of_queries_for_more_people(
    world: World, team: Team, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = signed_in(world.alice)
    for n in range(30):
        actions.create_worker(kind="employee", name=f"Extra {n}", actor=world.alice.actor, now=NOW)
    with django_assert_max_num_queries(47):
        text(client, "/people/")
    with django_assert_max_num_queries(57):
        text(client, f"/people/{team.bob.pk}/")


def test_rates_are_on_the_pages_of_those_who_may_know_them_only(world: World, team: Team) -> None:
    for who, seen in ((world.alice, True), (world.audrey, True), (world.bob, True), (world.dana, False)):
        assert ("€50.00" in text(signed_in(who), f"/people/{team.bob.pk}/")) is seen, who.user.name
    assert "€50.00" in text(signed_in(world.alice), "/people/")
    assert "€50.00" not in text(signed_in(world.dana), "/people/")
    assert "€90.00" in text(signed_in(world.dana), f"/people/{team.dana.pk}/")


GETS = ["/people/", "/skills/", "/people/{w}/"]
FORMS = [
    "/people/{w}/edit/", "/people/{w}/skills/", "/people/{w}/skills/{s}/", "/people/{w}/hours/",
    "/people/{w}/preferences/", "/people/{w}/time-off/",
]  # fmt: skip
MANAGERS_FORMS = [
    "/people/new/", "/skills/new/", "/skills/{s}/", "/skills/{s}/merge/", "/people/{w}/time-off/{t}/decline/",
]  # fmt: skip
POSTS = [
    "/people/{w}/skills/{s}/confirm/", "/people/{w}/deactivate/", "/people/{w}/reactivate/",
    "/people/{w}/time-off/{t}/approve/",
]  # fmt: skip


@pytest.fixture
def at(world: World, team: Team) -> Callable[[str], str]:
    """Fills an address with bob's profile, his skill and his request."""
    actions.set_skill(team.bob, team.scala, 3, actor=world.bob.actor, now=NOW)
    today = timezone.now().date()
    asked = actions.request_time_off(team.bob, today, today + timedelta(1), actor=world.bob.actor, now=NOW)
    return lambda address: address.format(w=team.bob.pk, s=team.scala.pk, t=asked.pk)


def statuses(who: Person, addresses: list[str], method: str = "get") -> set[int]:
    client = signed_in(who)
    return {getattr(client, method)(address).status_code for address in addresses}


def test_who_may_open_what(world: World, at: Callable[[str], str]) -> None:
    gets, forms = [at(a) for a in GETS], [at(a) for a in FORMS]
    leads = [at(a) for a in MANAGERS_FORMS]
    assert statuses(world.alice, gets + forms + leads) == {200}
    assert (statuses(world.bob, gets + forms), statuses(world.bob, leads)) == ({200}, {403})
    for who in (world.dana, world.echo, world.audrey):
        assert (statuses(who, gets), statuses(who, forms + leads)) == ({200}, {403})
    assert statuses(world.clara, ["/people/", "/skills/", "/people/new/", "/skills/new/"]) == {403}
    assert statuses(world.clara, [at("/people/{w}/"), *forms]) == {404}


def test_a_stranger_gets_nowhere_and_changes_nothing(world: World, at: Callable[[str], str]) -> None:
    before = count_events()
    theirs = [at(a) for a in [*GETS[2:], *FORMS, *MANAGERS_FORMS, *POSTS] if "{" in a]
    assert statuses(world.charlie, [a for a in theirs if a not in {at(p) for p in POSTS}]) == {404}
    assert statuses(world.charlie, theirs, "post") <= {404, 405}
    enter(world.workspace.pk)
    assert count_events() == before


def test_only_managers_press_the_managers_buttons(world: World, at: Callable[[str], str]) -> None:
    posts = [at(a) for a in POSTS]
    for who in (world.bob, world.dana, world.echo, world.audrey):
        assert statuses(who, posts, "post") == {403}
    assert statuses(world.alice, posts, "post") == {302}


def test_anonymous_is_sent_to_the_sign_in(db: None) -> None:
    for address in ("/people/", "/people/new/", "/people/1/", "/skills/"):
        assert Client().get(address).headers["Location"].startswith("/sign-in/?next=%2F")


def test_somebody_new_lands_on_their_page_with_cost_and_hours_in_minor_units(world: World) -> None:
    response = signed_in(world.alice).post("/people/new/", {
        "kind": "freelancer", "name": "Fay", "time_zone": "America/New_York", "country": "US",
        "rate": "72.50", "week_hours": "20",
    })  # fmt: skip
    fay = Worker.objects.get()
    assert response.headers["Location"] == f"/people/{fay.pk}/"
    assert (fay.name, fay.rate_cents, fay.week_minutes, fay.max_tasks) == ("Fay", 7250, 1200, None)


def test_an_agent_added_without_hours_may_work_all_week(world: World) -> None:
    given = {"kind": "agent", "name": "Echo", "time_zone": "UTC", "owner": world.olga.user.pk, "lanes": "3"}
    signed_in(world.alice).post("/people/new/", given)
    echo = Worker.objects.get()
    assert (echo.week_minutes, echo.lanes, echo.owner) == (10080, 3, world.olga.user)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(world: World, team: Team) -> None:
    client = signed_in(world.alice)
    response = client.post("/people/new/", {
        "kind": "employee", "name": "Typed Name", "time_zone": "UTC", "rate": "-3", "user": world.bob.user.pk,
    })  # fmt: skip
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="Typed Name"' in html
    assert "Ensure this value is greater than or equal to 0" in html
    response = client.post("/people/new/", {
        "kind": "employee", "name": "Typed Name", "time_zone": "UTC", "user": world.bob.user.pk,
    })  # fmt: skip
    assert response.status_code == 422
    assert "This account already belongs to Bob." in response.content.decode()


def test_bob_saves_his_profile_and_what_he_may_not_change_is_ignored(world: World, team: Team) -> None:
    response = signed_in(world.bob).post(f"/people/{team.bob.pk}/edit/", {
        "headline": "Queues", "time_zone": "Europe/Berlin", "country": "DE", "week_hours": "32", "version": "1",
        "rate": "999", "kind": "agent", "name": "Boss",
    })  # fmt: skip
    bob = Worker.objects.get(pk=team.bob.pk)
    assert response.status_code == 302
    assert (bob.headline, bob.week_minutes) == ("Queues", 1920)
    assert (bob.rate_cents, bob.kind, bob.name) == (5000, "employee", "Bob")


def test_who_edits_an_old_version_is_told_and_keeps_their_text(world: World, team: Team) -> None:
    actions.change_worker(team.bob, headline="First", actor=world.alice.actor, now=NOW)
    response = signed_in(world.bob).post(f"/people/{team.bob.pk}/edit/", {
        "headline": "Second", "time_zone": "Europe/Berlin", "country": "DE", "version": "1",
    })  # fmt: skip
    assert response.status_code == 409
    assert 'value="Second"' in response.content.decode()


def test_bob_adds_a_skill_and_a_manager_confirms_it(world: World, team: Team) -> None:
    bob = signed_in(world.bob)
    bob.post(f"/people/{team.bob.pk}/skills/", {"skill": team.scala.pk, "level": "4", "evidence_url": "example.com/pr"})
    assert "not confirmed" in text(bob, f"/people/{team.bob.pk}/")
    alice = signed_in(world.alice)
    assert "1 not confirmed" in text(alice, f"/people/{team.bob.pk}/")
    alice.post(f"/people/{team.bob.pk}/skills/{team.scala.pk}/confirm/")
    held = queries.held_skills(world.workspace.pk, [team.bob.pk])[team.bob.pk][0]
    assert (held.confirmed_by, held.level, held.evidence_url) == ("Alice", 4, "https://example.com/pr")
    bob.post(f"/people/{team.bob.pk}/skills/{team.scala.pk}/", {"level": "5"})
    assert queries.held_skills(world.workspace.pk, [team.bob.pk])[team.bob.pk][0].confirmed is False
    bob.post(f"/people/{team.bob.pk}/skills/{team.scala.pk}/remove/")
    assert queries.held_skills(world.workspace.pk, [team.bob.pk]) == {}


def hours_of(team: Team) -> list[tuple[int, int, int]]:
    return queries.weekly_hours(team.bob.workspace_id, [team.bob.pk])[team.bob.pk]


def test_hours_are_typed_as_people_write_them(world: World, team: Team) -> None:
    typed = {
        "d0_0_from": "9",
        "d0_0_to": "12:30",
        "d0_1_from": "13.15",
        "d0_1_to": "17:00",
        "d6_2_from": "22",
        "d6_2_to": "24:00",
    }
    response = signed_in(world.bob).post(f"/people/{team.bob.pk}/hours/", typed)
    assert response.status_code == 302
    assert hours_of(team) == [(0, 540, 750), (0, 795, 1020), (6, 1320, 1440)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"d0_0_from": "nine", "d0_0_to": "12"}, "“nine” is not a time of day; write it like 9:30."),
        ({"d0_0_from": "25:00", "d0_0_to": "26"}, "“25:00” is not a time of day; write it like 9:30."),
        ({"d1_0_from": "9"}, "Tuesday: an interval needs both a start and an end."),
        ({"d2_0_from": "12", "d2_0_to": "9"}, "Wednesday: the end must be after the start, within one day."),
        (
            {"d3_0_from": "9", "d3_0_to": "12", "d3_1_from": "11", "d3_1_to": "13"},
            "Thursday: two of the times overlap.",
        ),
    ],
)
def test_hours_that_cannot_be_are_shown_again(world: World, team: Team, typed: dict[str, str], said: str) -> None:
    before = hours_of(team)
    response = signed_in(world.bob).post(f"/people/{team.bob.pk}/hours/", typed)
    html = response.content.decode()
    assert (response.status_code, hours_of(team)) == (422, before)
    assert said in html
    assert all(f'value="{value}"' in html for value in typed.values())


def test_mondays_times_are_copied_into_the_form_and_nothing_is_stored(world: World, team: Team) -> None:
    before = hours_of(team)
    typed = {"d0_0_from": "07:10", "d0_0_to": "11:20", "d5_0_from": "10:00", "d5_0_to": "12:00"}
    html = signed_in(world.bob).post(f"/people/{team.bob.pk}/hours/copy/", typed).content.decode()
    assert (html.count('value="07:10"'), html.count('value="10:00"'), hours_of(team)) == (5, 1, before)
    assert f'action="/people/{team.bob.pk}/hours/"' in html


def test_preferences_know_skills_by_any_name(world: World, team: Team) -> None:
    typed = {"wants": "scala lang\ngreenfield", "avoids": "on call"}
    signed_in(world.bob).post(f"/people/{team.bob.pk}/preferences/", typed)
    told = [(p["skill_id"], p["label"], p["stance"]) for p in queries.preferences(world.workspace.pk, [team.bob.pk])]
    assert told == [(team.scala.pk, "", 1), (None, "greenfield", 1), (None, "on call", -1)]
    assert "greenfield" in text(signed_in(world.dana), f"/people/{team.bob.pk}/")


def test_a_request_waits_on_the_managers_list_until_it_is_answered(world: World, team: Team) -> None:
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    given = {"starts_on": day, "ends_on": day, "reason": "Moving house"}
    assert signed_in(world.bob).post(f"/people/{team.bob.pk}/time-off/", given).status_code == 302
    alice = signed_in(world.alice)
    assert "1 request waiting" in text(alice, "/people/")
    assert "request waiting" not in text(signed_in(world.bob), "/people/")
    asked = TimeOff.objects.get()
    alice.post(f"/people/{team.bob.pk}/time-off/{asked.pk}/decline/", {"note": "Release week"})
    assert "request waiting" not in text(alice, "/people/")
    assert "Release week" in text(signed_in(world.bob), f"/people/{team.bob.pk}/")
    answer = alice.post(f"/people/{team.bob.pk}/time-off/{asked.pk}/approve/")
    assert (answer.status_code, TimeOff.objects.get().state) == (409, "declined")


def test_somebody_elses_request_is_not_found_under_another_profile(world: World, team: Team) -> None:
    asked = actions.request_time_off(team.bob, NOW.date(), NOW.date(), actor=world.bob.actor, now=NOW)
    address = f"/people/{team.dana.pk}/time-off/{asked.pk}/cancel/"
    assert signed_in(world.dana).post(address).status_code == 404
    assert signed_in(world.bob).post(address.replace(str(team.dana.pk), str(team.bob.pk), 1)).status_code == 302


def test_taking_somebody_out_can_be_undone(world: World, team: Team) -> None:
    alice = signed_in(world.alice)
    alice.post(f"/people/{team.bob.pk}/deactivate/")
    html = text(alice, f"/people/{team.bob.pk}/")
    assert f'action="/people/{team.bob.pk}/reactivate/"' in html
    assert "Former" in html
    assert "Gets no work" in text(alice, "/people/?deactivated=1")
    assert ">Bob<" not in text(alice, "/people/")
    alice.post(f"/people/{team.bob.pk}/reactivate/")
    assert ">Bob<" in text(alice, "/people/")


def test_the_taxonomy_is_taught_when_empty_and_grown_by_forms(world: World) -> None:
    alice = signed_in(world.alice)
    assert "What can people do?" in text(alice, "/skills/")
    alice.post("/skills/new/", {"name": "Programming"})
    top = Skill.objects.get()
    alice.post("/skills/new/", {"name": "JavaScript", "synonyms": "JS, ECMAScript", "parent": top.pk})
    html = text(alice, "/skills/")
    assert "ECMAScript" in html
    again = alice.post("/skills/new/", {"name": "js"})
    assert again.status_code == 422
    assert "js is already another name of JavaScript." in again.content.decode()


def test_skills_are_edited_and_merged_from_the_page(world: World, team: Team) -> None:
    alice = signed_in(world.alice)
    alice.post(f"/skills/{team.writing.pk}/", {"name": "Copy", "synonyms": "Writing", "parent": "", "description": "x"})
    assert Skill.objects.get(pk=team.writing.pk).synonyms == ["Writing"]
    alice.post(f"/skills/{team.writing.pk}/merge/", {"into": team.scala.pk})
    assert queries.find_skill(world.alice.actor, "copy") == team.scala
    assert alice.get(f"/skills/{team.writing.pk}/").status_code == 404


def test_a_form_asked_for_by_a_fragment_is_only_the_form(world: World, team: Team) -> None:
    html = text(signed_in(world.alice), f"/people/{team.bob.pk}/edit/", **{"HX-Request": "true"})
    assert "<html" not in html
    assert f'action="/people/{team.bob.pk}/edit/"' in html


def test_names_and_texts_are_shown_as_text(world: World, team: Team) -> None:
    nasty = "<script>alert(1)</script>"
    by = {"actor": world.alice.actor, "now": NOW}
    actions.change_worker(team.bob, name=nasty, headline=nasty, about=nasty, **by)
    actions.set_skill(team.bob, actions.create_skill(nasty, **by), 3, evidence=nasty, **by)
    alice = signed_in(world.alice)
    for address in ("/people/", f"/people/{team.bob.pk}/", "/skills/"):
        assert "<script>alert" not in text(alice, address)
