"""The made-up company: its members, workers, projects and six weeks of work, in one transaction, made once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TextIO

from django.conf import settings
from django.db import transaction

from fairlead.accounts import actions as accounts
from fairlead.accounts.models import Membership, User
from fairlead.accounts.queries import actor_of
from fairlead.allocation import actions as allocation
from fairlead.demo import days, files, kinds, policies, private, teams
from fairlead.demo import time as demo_time
from fairlead.demo.cast import GUESTS, PEOPLE, SKILLS, WORKSPACE, Person
from fairlead.demo.history import live_through
from fairlead.demo.offers import put_out
from fairlead.demo.portal import open_portal
from fairlead.demo.script import PROJECTS, levels
from fairlead.events.actor import Actor
from fairlead.events.tenancy import enter
from fairlead.people import actions as people
from fairlead.people.models import PresenceState, Skill, Worker
from fairlead.work import actions as work
from fairlead.work.models import Project, Task
from fairlead.work.states import State

WEEKS: Final = 6
LINK_HOURS: Final = 24
OWNER: Final = PEOPLE[0]
ALWAYS: Final = [(day, 0, 1440) for day in range(7)]


@dataclass
class Company:
    """What was made so far: actors by first name, workers and skills by name, projects by key."""

    actors: dict[str, Actor]
    workers: dict[str, Worker]
    skills: dict[str, Skill]
    projects: dict[str, Project]

    @property
    def alice(self) -> Actor:
        """Who dispatches the work."""
        return self.actors["Alice"]


def run(*, now: datetime, out: TextIO) -> list[tuple[str, str, str]]:
    """Make the company unless it is there; returns (name, role, sign-in address) for each of its people."""
    if not User.objects.filter(email=OWNER.email).exists():
        print("Making the company: people, projects, six weeks of work (about half a minute)", file=out, flush=True)
        with transaction.atomic():
            _found(now)
    return _links(now)


def _found(now: datetime) -> None:
    began = (now - timedelta(weeks=WEEKS)).replace(hour=8, minute=0, second=0, microsecond=0)
    members = _members(began)
    company = Company({name: actor_of(member) for name, member in members.items()}, {}, {}, {})
    _skills(company, began)
    for person in PEOPLE:
        company.workers[person.name] = _worker(person, company, began, members)
    for index, (key, name, client, text) in enumerate(PROJECTS):
        company.projects[key] = work.create_project(
            key=key, name=name, client=client, description=text, color=index * 3, actor=company.alice, now=began
        )
    _share(company, members, began)
    live_through(company, began=began, now=now, dice=random.Random(42))  # noqa: S311  the same company every time
    demo_time.close_weeks(company, now=now)
    demo_time.start_timers(company, now=now)
    _away(company, now)
    _say(company, now)
    teams.write_teams(company, now=now)
    teams.write_meetings(company, now=now)
    teams.write_overrides(company, now=now)
    put_out(company, now=now)
    policies.write(company, now=now)
    kinds.dress(company, now=now)
    open_portal(company, now=now)
    _mention(company, now)
    files.attach(company, now=now)
    _views(company, now)
    days.let_in(company, now=now)
    days.plan_a_day(company, now=now)
    days.show_elsewhere(company, now=now)
    private.plan_raises(company, now=now)
    work.change_status(
        company.projects["CARE"].statuses.get(name="In review"), actor=company.alice, now=now, wip_limit=12
    )
    allocation.make_plan(None, actor=company.alice, now=now, scope="all")


def _members(now: datetime) -> dict[str, Membership]:
    """Everybody's account and membership, by first name."""
    owner_user = _user(OWNER.email, OWNER.name, OWNER.place[0], now)
    owner = accounts.create_workspace(
        WORKSPACE, user=owner_user, now=now, time_zone="Europe/Berlin", country="DE", currency="EUR"
    )
    found = {"Olga": owner}
    for person in PEOPLE[1:]:
        kind = User.Kind.AGENT if person.kind == "agent" else User.Kind.PERSON
        user = _user(person.email, person.name, person.place[0], now, kind=kind)
        found[user.get_short_name()] = accounts.add_member(user, person.role, actor=actor_of(owner), now=now)
    for name, role, _ in GUESTS:
        user = _user(name.split(" ")[0].lower() + "@client.example", name, "Europe/Berlin", now)
        found[user.get_short_name()] = accounts.add_member(user, role, actor=actor_of(owner), now=now)
    return found


def _user(email: str, name: str, zone: str, now: datetime, *, kind: str = User.Kind.PERSON) -> User:
    return accounts.create_user(email, name, None, now=now, time_zone=zone, kind=kind)


def _skills(company: Company, now: datetime) -> None:
    for name, parent, synonyms in SKILLS:
        above = company.skills.get(parent.lower())
        company.skills[name.lower()] = people.create_skill(
            name, parent=above, synonyms=synonyms, actor=company.alice, now=now
        )
    company.skills["cobol"] = people.create_skill("COBOL", actor=company.alice, now=now)


def _worker(person: Person, company: Company, now: datetime, members: Mapping[str, Membership]) -> Worker:
    zone, country = person.place
    first = person.name.split(" ")[0]
    agent = {"owner": members["Ben"].user} if person.kind == "agent" else {}
    worker = people.create_worker(
        kind=person.kind, name=person.name, email=person.email, headline=person.headline, about=person.about,
        time_zone=zone, country=country, week_minutes=person.week_h * 60, rate_cents=person.rate * 100,
        max_tasks=person.max_tasks, lanes=person.lanes, actor=company.alice, now=now, **agent,
    )  # fmt: skip
    people.link_user(worker, members[first].user, actor=company.alice, now=now)
    for name, level in levels(person.skills).items():
        people.set_skill(worker, company.skills[name], level, actor=company.alice, now=now)
    if person.kind == "agent":
        people.set_hours(worker, ALWAYS, actor=company.alice, now=now)
    if person.week_h == 32:
        hours = [(day, 540, 780) for day in range(4)] + [(day, 825, 1080) for day in range(4)]
        people.set_hours(worker, hours, actor=company.alice, now=now)
    if person.wants or person.avoids:
        people.set_preferences(
            worker, wants=_things(person.wants, company), avoids=_things(person.avoids, company),
            actor=company.alice, now=now,
        )  # fmt: skip
    worker.refresh_from_db()
    return worker


def _things(text: str, company: Company) -> list[Skill | str]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    return [company.skills.get(name, name) for name in names]


def _away(company: Company, now: datetime) -> None:
    """One holiday that is granted and one that waits for a manager."""
    sofia, priya = company.workers["Sofia Ricci"], company.workers["Priya Nair"]
    first = _next_monday(now.date())
    granted = people.request_time_off(sofia, first, first + timedelta(days=4), "Holiday", actor=company.alice, now=now)
    if granted.state != granted.State.APPROVED:
        people.approve_time_off(granted, actor=company.alice, now=now)
    later = first + timedelta(days=14)
    people.request_time_off(priya, later, later + timedelta(days=2), "Wedding", actor=company.actors["Priya"], now=now)


def _say(company: Company, now: datetime) -> None:
    """Two people do not want to be disturbed, one of them until later, and one is out for a moment."""
    states = {state.name: state for state in PresenceState.objects.filter(workspace_id=company.alice.workspace_id)}
    hour = timedelta(hours=1)
    for name, state, until, text in (
        ("Priya Nair", "Focus", now + 3 * hour, "finishing the checkout"),
        ("Grace Kim", "Focus", None, ""),
        ("Tom Albright", "Away", now + hour, "at the dentist"),
    ):
        actor = company.actors[name.split(" ")[0]]
        people.set_presence(company.workers[name], states[state], until=until, text=text, actor=actor, now=now)


def _mention(company: Company, now: datetime) -> None:
    """A few comments that name somebody; the background worker rings their bells."""
    open_tasks = Task.objects.filter(state=State.RUNNING, assignee__user__isnull=False).order_by("-priority", "pk")
    said = (
        "@Alice Moreau, may I take two more days for this? The old data is worse than we thought.",
        "@Alice and @Olga: the client asks whether this could come first.",
        "Ready to look at on staging, @Alice.",
    )
    for task, text in zip(open_tasks.select_related("project", "assignee"), said, strict=False):
        by = next((a for a in company.actors.values() if task.assignee and a.user_id == task.assignee.user_id), None)
        if by is not None:
            work.add_comment(task, text, internal=True, actor=by, now=now)
            work.add_comment(task, f"Yes, @{by.name}.", internal=True, actor=company.alice, now=now)


def _views(company: Company, now: datetime) -> None:
    """Two ways to look at all work that the team shares, and one of Alice's own."""
    for name, query, shared in (
        ("Late", "state=open&due=late&sort=due&group=assignee", True),
        ("Waits for somebody", "state=open&assignee=nobody&sort=-priority", True),
        (
            "By due week",
            "state=open&sort=due&group=week&cols=title%2Cproject%2Cstatus%2Cassignee%2Cdue",
            False,
        ),
    ):
        work.save_view(name, query, shared=shared, actor=company.alice, now=now)


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _share(company: Company, members: Mapping[str, Membership], now: datetime) -> None:
    for name, _, key in GUESTS:
        if key:
            user = members[name.split(" ")[0]].user
            work.share_project(company.projects[key], user, actor=company.alice, now=now)


def _links(now: datetime) -> list[tuple[str, str, str]]:
    """A fresh one-click link for everybody who signs in."""
    enter(None)
    found = []
    titles = {"owner": "owner", "manager": "manager", "client": "client", "auditor": "auditor"}
    for name, email, role in _people():
        user = User.objects.get(email=email)
        secret = accounts.make_sign_in_link(user, now=now, minutes=LINK_HOURS * 60)
        found.append((name, titles.get(role, role), f"{settings.BASE_URL}/sign-in/link/{secret}/"))
    return found


def _people() -> list[tuple[str, str, str]]:
    """Name, address and what they are, the most telling ones first; agents work through tokens and have no link."""
    staff = [(p.name, p.email, p.role if p.role != "contributor" else p.kind) for p in PEOPLE if p.kind != "agent"]
    guests = [(name, name.split(" ")[0].lower() + "@client.example", role) for name, role, _ in GUESTS]
    return sorted([*staff, *guests], key=lambda row: ORDER.index(row[2]))


ORDER: Final = ("manager", "owner", "employee", "freelancer", "client", "auditor")
