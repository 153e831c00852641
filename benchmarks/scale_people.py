"""Who looks at the workspaces of scale.py, and which objects stand in the addresses that they open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.test import Client

from fairlead.accounts import actions as accounts
from fairlead.accounts.models import Membership, Role
from fairlead.accounts.queries import actor_of
from fairlead.allocation.models import Offer, Policy
from fairlead.events.tenancy import enter
from fairlead.people.models import Team, Worker
from fairlead.work.actions import count_words
from fairlead.work.models import Project, ProjectClient, Status, Task, Triage, Word

SCOPES = ["work:read", "people:read", "allocation:read", "events:read"]


@dataclass
class Reader:
    """Somebody signed in, with what stands for the parameters of addresses."""

    who: str
    browser: Any
    bearer: dict[str, str]
    places: dict[str, str]


def readers(workspace_id: int, *, now: datetime) -> dict[str, Reader]:
    """Staff is the owner, worker a contributor who holds work, client one of a shared project."""
    enter(workspace_id)
    if not Word.objects.exists():
        count_words(workspace_id)
    members = Membership.objects.select_related("workspace", "user").order_by("id")
    shared = ProjectClient.objects.order_by("id").first()
    held = Task.objects.filter(state="running", assignee__user__isnull=False).order_by("id").first()
    if held is None or held.assignee is None or shared is None:
        raise SystemExit("The workspace is too small: somebody must hold work, and a client must see a project.")
    wanted = {
        "staff": members.get(role=Role.OWNER),
        "worker": members.get(user_id=held.assignee.user_id),
        "client": members.get(user_id=shared.user_id),
    }
    places = _places(held, shared)
    return {who: _reader(who, member, places, now=now) for who, member in wanted.items()}


def _reader(who: str, member: Membership, places: dict[str, str], *, now: datetime) -> Reader:
    browser = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    enter(member.workspace_id, user_id=member.user_id)
    browser.force_login(member.user)
    enter(member.workspace_id, user_id=member.user_id)
    bearer: dict[str, str] = {}
    if who != "client":
        secret = accounts.create_token("Bench", SCOPES, actor=actor_of(member), now=now, days=1)[1]
        bearer = {"Authorization": f"Bearer {secret}"}
    own = {**places, "tasks/<key>": places["held"]} if who == "worker" else places
    return Reader(who, browser, bearer, own)


def _places(held: Task, shared: ProjectClient) -> dict[str, str]:
    """By the beginning of the address: the largest project, a task of it that waits, and one of each other kind."""
    project = Project.objects.annotate(n=Count("tasks")).order_by("-n", "id")[0]
    waiting = Task.objects.filter(project=project, state="ready", assignee=None).order_by("id")[0]
    column = Status.objects.filter(project=project, state="ready")[0]
    asked = Triage.objects.filter(settled_at=None).select_related("task__project").order_by("id").first()
    member_of = Membership.objects.filter(role=Role.CONTRIBUTOR).order_by("id")[0]
    found: dict[str, Any] = {
        "projects/<key>": project.key, "tasks/<key>": waiting.key, "<status_id>": column.pk, "<cell>": "assignee",
        "held": Task.objects.select_related("project").get(pk=held.pk).key, "people/<number>": held.assignee_id,
        "people/teams/<number>": Team.objects.order_by("id")[0].pk, "inbox/<key>": asked.task.key if asked else None,
        "offers/<number>": Offer.objects.filter(state="open").order_by("id")[0].pk,
        "<policy_id>": Policy.objects.order_by("id")[0].pk, "settings/types/<key>": "bug",
        "settings/fields/<key>": "points", "portal/new/<key>": shared.project.key, "<user_id>": shared.user_id,
        "skills/<number>": Worker.objects.get(pk=held.assignee_id).skills.all()[0].skill_id,
        "settings/data/people/<number>": member_of.pk,
    }  # fmt: skip
    found["portal/<key>"] = f"{shared.project.key}-1"
    for name in ("projects", "tasks", "fields"):
        found[f"api/v1/{name}/<key>"] = found.get(f"{name}/<key>", "points")
    found |= {
        "api/v1/workers/<worker_id>": held.assignee_id, "api/v1/teams/<team_id>": found["people/teams/<number>"],
        "api/v1/skills/<skill_id>": found["skills/<number>"], "api/v1/offers/<offer_id>": found["offers/<number>"],
    }  # fmt: skip
    return {name: str(value) for name, value in found.items() if value is not None}
