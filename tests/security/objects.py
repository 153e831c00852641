"""A filled workspace for the security tests: acme with something behind every address, and people in every role.

Every text of acme carries CANARY, so that a sweep can tell whether anything of it reaches a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone

from conftest import Person, World, make_world
from fairlead.accounts import actions as accounts
from fairlead.accounts.actions.directory_groups import GroupSaid, add_group
from fairlead.accounts.actions.sso import ProviderDraft, save_provider
from fairlead.accounts.directory import Directory
from fairlead.accounts.models import Passkey
from fairlead.accounts.totp import code_for, step_at
from fairlead.allocation import actions as allocation
from fairlead.allocation.links import offer_secret
from fairlead.allocation.models import Assignment, Offer, Plan, Policy
from fairlead.allocation.routing import from_dict
from fairlead.archive.actions.exports import folder
from fairlead.archive.models import Export
from fairlead.events.actor import Actor
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.integrations import actions as integrations
from fairlead.lib.pictures import draw
from fairlead.notices import actions as notices
from fairlead.notices.links import reminder_secret, seen_secret, stop_secret
from fairlead.notices.models import Device, Notice
from fairlead.people import actions as people
from fairlead.people.models import PresenceState, Skill, Team, Worker
from fairlead.web.undoing import sealed
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.files import from_bytes, store
from fairlead.work.forms import Question
from fairlead.work.membership import ProjectMember
from fairlead.work.models import AttachmentVersion, FilePage, Handover, Project, Status, Task, TaskType
from pictures import png

CANARY = "zqcanaryqz"
BOARD = f'{{"name": "{CANARY}", "lists": [], "cards": [], "members": []}}'


@dataclass(frozen=True)
class Filled:
    """The world, the further people, and what stands in the addresses and forms of acme.

    `places`: the fixed part before a parameter, and the parameter → the value that belongs to acme.
    `ids`: names for use in form data as "{name}".
    """

    world: World
    admin: Person
    other_client: Person
    places: dict[str, str]
    ids: dict[str, str]


def fill(now: datetime) -> Filled:
    """Everything through the real actions; the connection ends up inside acme."""
    world = make_world()
    by = {"actor": world.olga.actor, "now": now}
    accounts.change_workspace(world.workspace, name=f"Acme {CANARY}", **by)
    admin = _member(world, "adam", "admin", now)
    other = _member(world, "clement", "client", now)
    skill, worker, directory = _people(world, now)
    tasks, plain = _work(world, skill, worker, now)
    more = _settings(world, now)
    places = {**directory, **plain, **more}
    logged = _logged(world, tasks, worker, now)
    places |= logged
    notice = _told(world, now)
    places |= {
        "exports/number": str(_export(world, now).pk),
        "notices/number": str(notice.pk),
        "devices/number": str(_device(world, now).pk),
        "seen/secret": seen_secret(notice),
        "transfer/to": "OPS",
        "task/key": "WEB-1",
        "board/key": "WEB",
        "stop/secret": stop_secret(world.workspace.pk, world.bob.user.pk, ["assigned"]),
    }
    ids = {**_ids(world, tasks, skill, worker), "notice": str(notice.pk)}
    ids |= {name: logged[name] for name in ("removed_entry", "open_week")}
    ids |= _undos(world, places, now)
    ids["tomorrow"] = (now + timedelta(days=1)).date().isoformat()
    enter(world.workspace.pk)
    return Filled(world, admin, other, places, ids)


def _member(world: World, name: str, role: str, now: datetime) -> Person:
    user = accounts.create_user(f"{name}@example.com", f"{name.title()} {CANARY}", "correct horse battery", now=now)
    return Person(user, accounts.add_member(user, role, actor=world.olga.actor, now=now))


def _people(world: World, now: datetime) -> tuple[Skill, Worker, dict[str, str]]:
    """bob and dana in the directory; bob has a skill that waits for confirmation, and has asked for time off."""
    by = {"actor": world.alice.actor, "now": now}
    skill = people.create_skill(f"Writing {CANARY}", **by)
    other = people.create_skill("Drawing", **by)
    about: dict[str, Any] = {"about": CANARY, "headline": CANARY}
    worker = people.create_worker(kind="employee", name=f"Bob {CANARY}", user=world.bob.user, **about, **by)
    dana = people.create_worker(kind="freelancer", name="Dana", user=world.dana.user, **by)
    for anybody in (worker, dana):  # at work at whatever time the tests run
        people.set_hours(anybody, [(day, 0, 1440) for day in range(7)], **by)
    people.set_skill(dana, skill, 4, **by)
    people.set_skill(worker, other, 2, **by)
    people.set_skill(worker, skill, 3, actor=world.bob.actor, now=now, evidence=CANARY)
    first = date(2027, 3, 1)
    asked = people.request_time_off(worker, first, first + timedelta(days=4), CANARY, actor=world.bob.actor, now=now)
    mine = {"actor": world.bob.actor, "now": now}
    team = people.create_team(f"Team {CANARY}", lead=worker, members=[dana], description=CANARY, **by)
    address = f"https://calendar.example.com/{CANARY}.ics"
    calendar = people.connect_calendar(worker, f"Private {CANARY}", address, **mine)
    return skill, worker, {
        "people/number": str(worker.pk),
        "teams/number": str(team.pk),
        "teams/team_id": str(team.pk),
        "calendars/calendar_number": str(calendar.pk),
        "calendars/calendar_id": str(calendar.pk),
        "calendar/secret": people.open_feed(worker, **mine),
        "skills/skill_number": str(skill.pk),
        "skills/number": str(skill.pk),
        "time-off/asked_number": str(asked.pk),
    }  # fmt: skip


def _work(world: World, skill: Skill, worker: Worker, now: datetime) -> tuple[dict[str, Task], dict[str, str]]:
    """The project WEB, shared with clara, and its tasks by what they are for.

    `asked` waits for clara's verdict, `approved` has it, and `again` was taken back;
    `held` (WEB-1) is bob's and has an open criterion and a comment; `waiting` has nobody, `later` comes after it;
    `gone` is in the trash; `checked` has a criterion that is met; `running`, `done` and `finished` are bob's;
    `offered` waits for bob's answer; `proposed` waits for an approval, `decided` was given to bob by a policy, `queued`
    waits to be claimed; `pinned` is pinned to bob.
    """
    by = {"actor": world.alice.actor, "now": now}
    project = work.create_project(key="WEB", name=f"Site {CANARY}", description=CANARY, client=CANARY, **by)
    work.share_project(project, world.clara.user, **by)
    work.put_member(project, world.bob.user, "contributor", **by)
    draft = TaskDraft(title=f"Copy {CANARY}", description=CANARY, labels=(CANARY,), needs={skill.pk: 2}, effort_min=60)
    names = ("held", "waiting", "later", "gone", "checked", "running", "done", "finished", "offered",
             "proposed", "decided", "queued", "pinned", "asked", "approved", "again", "decision",
             "answered")  # fmt: skip
    tasks = dict(zip(names, work.create_tasks(project, [draft] * len(names), **by), strict=True))
    for name in ("held", "running", "done", "finished", "asked", "approved", "again"):
        allocation.assign_task(tasks[name], worker, **by)
        tasks[name].refresh_from_db()
    mine = {"actor": world.bob.actor, "now": now}
    tasks["wish"] = work.create_task(project, TaskDraft(title=f"Wish {CANARY}"), actor=world.clara.actor, now=now)
    work.start_task(tasks["running"], **mine)
    work.start_task(tasks["finished"], **mine)
    work.complete_task(tasks["finished"], **by)
    asked, approved, again = (_with_the_client(tasks[name], world, now) for name in ("asked", "approved", "again"))
    work.take_back(again, **by)
    work.approve(approved, actor=world.clara.actor, now=now, words=CANARY)
    work.add_dependency(tasks["later"], tasks["waiting"], **by)
    work.delete_task(tasks["gone"], **by)
    open_ = work.add_criterion(tasks["held"], f"Short {CANARY}", **by)
    met = work.check_criterion(work.add_criterion(tasks["checked"], "Met", **by), **by)
    terms = allocation.Terms(answer_min=2400, message=f"Please {CANARY}")
    offering = allocation.offer_task(tasks["offered"], workers=[worker], terms=terms, **by)
    offer = Offer.objects.select_related("task").get(offering=offering)
    view = work.save_view(f"View {CANARY}", "state=open", shared=True, **mine)
    batch = work.change_one(tasks["held"], work.TaskEdit(priority=1), **mine)
    files = _files(tasks["held"], world, now)
    comment = work.add_comment(tasks["held"], f"Hello {CANARY}", internal=True, **mine)
    gone = work.add_comment(tasks["held"], f"Gone {CANARY}", internal=True, **mine)
    work.remove_comment(gone, **mine)
    _decision(tasks["decision"], world, now)
    _decision(tasks["answered"], world, now)
    work.send_back(tasks["answered"], CANARY, **mine)
    allocation.pin_task(tasks["pinned"], worker, reason=CANARY, **by)
    policy = _policies(tasks, **by)
    plan = allocation.make_plan(project, **by)
    draft_file = integrations.create_import(
        people_file=("", ""), tasks_file=("tasks.csv", f"title\n{CANARY}\n"), project_key="WEB", **by
    )
    board = integrations.create_board_import(file=("board.json", BOARD), project_key="WEB", **by)
    return tasks, {
        "board": str(board.pk),
        "projects/key": "WEB",
        "people/entry": str(project.members.get().pk),
        "tasks/key": str(tasks["held"]),
        "inbox/key": str(tasks["wish"]),
        "my-work/key": str(tasks["held"]),
        "columns/status_id": str(_status(project, "Ready")),
        **_fields(tasks["held"], **by),
        "criteria/criterion_id": str(open_.pk),
        "met": str(met.pk),
        "comments/comment_id": str(comment.pk),
        "removed_comment": str(gone.pk),
        **files,
        "batches/number": str(batch.pk),
        "batches/batch_id": str(batch.pk),
        "cell/cell": "priority",
        "views/number": str(view.pk),
        "views/view_id": str(view.pk),
        "import/number": str(draft_file.pk),
        "plans/plan_id": str(plan.pk),
        "policies/policy_id": str(policy.pk),
        "overrides/policy_id": str(policy.pk),
        "versions/number": "1",
        "applied": str(_applied_plan(world, now).pk),
        "making": str(_plan_being_made(project, world, now).pk),
        "offers/number": str(offer.pk),
        "offers/offer_id": str(offer.pk),
        "offer/secret": offer_secret(offer),
        "portal/key": str(tasks["held"]),
        "new/key": "WEB",
        "reminders/secret": reminder_secret(asked.reviewers.get()),
        "user_id": str(world.clara.user.pk),
        "task": str(tasks["held"]),
        "rounds/number": str(asked.pk),
        "approved_round": str(approved.pk),
        **_forms(project, world, now),
        "receipts/number": str(Assignment.objects.get(task=tasks["held"]).receipt_id),
    }


def _with_the_client(task: Task, world: World, now: datetime) -> Handover:
    """A task of bob's in review, put to clara."""
    mine = {"actor": world.bob.actor, "now": now}
    work.start_task(task, **mine)
    work.submit_task(task, **mine)
    return work.ask_client(task, [world.clara.user.pk], message=CANARY, **mine)


def _forms(project: Project, world: World, now: datetime) -> dict[str, str]:
    """A form in the portal that also has a public address, and what the workspace looks like to clients."""
    by = {"actor": world.olga.actor, "now": now}
    branding = accounts.change_branding(world.workspace, name=f"Acme {CANARY}", **by)
    accounts.set_logo(world.workspace, b"\x89PNG\r\n\x1a\n" + CANARY.encode(), **by)
    form = work.create_form(project, f"Fault {CANARY}", (Question("q1", "short", "What?", target="title"),), **by)
    form = work.open_form(work.publish_form(form, **by), **by)
    return {
        "forms/number": str(form.pk),
        "ask/secret": work.public_secret(form),
        "sign-in/slug": world.workspace.slug,
        "brand/digest": branding.digest,
        "version": "1",
    }


def _files(task: Task, world: World, now: datetime) -> dict[str, str]:
    """An image of bob's in two versions, which clients see, and a text of his in the trash."""
    mine = {"actor": world.bob.actor, "now": now}
    image = work.add_attachment(task, from_bytes(f"{CANARY}.png", png()), for_client=True, **mine)
    work.add_version(image, from_bytes(f"{CANARY} 2.png", png("navy")), **mine)
    for version in AttachmentVersion.objects.filter(attachment=image):
        path = store(world.workspace.pk).path(version.sha256)
        with TemporaryDirectory() as folder:
            work.keep_drawing(version, draw(path, Path(folder)), now=now)
        drawn = AttachmentVersion.objects.filter(pk=version.pk)
        drawn.update(pages=1, page_total=1)  # as of a paper, whose only page it is
        same = drawn.values("workspace_id", "width", "height", "large_sha256", "small_sha256").get()
        FilePage.objects.create(version=version, number=1, **same)
    first = AttachmentVersion.objects.select_related("attachment__task__project").get(attachment=image, number=1)
    pin = work.set_pin(first, f"Here {CANARY}", x=0.2, y=0.4, internal=False, **mine)
    removed = work.add_attachment(task, from_bytes(f"{CANARY}.txt", CANARY.encode()), for_client=True, **mine)
    work.remove_attachment(removed, **mine)
    return {"files/attachment_id": str(image.pk), "pins/pin_id": str(pin.pk), "removed_file": str(removed.pk),
            "pages/page_number": "1"}  # fmt: skip


def _fields(task: Task, *, actor: Actor, now: datetime) -> dict[str, str]:
    """The field budget, which bob's task has a value in, and one in the trash."""
    by = {"actor": actor, "now": now}
    field = work.create_field(
        f"Budget {CANARY}", "money", key="budget", currency="EUR", hint=CANARY, projects=(task.project,), **by
    )
    work.change_task(task, fields={field.pk: 1200}, **by)
    gone = work.create_field(f"Former {CANARY}", "text", key="former_field", **by)
    work.delete_field(gone, **by)
    item = work.add_item(task, f"Step {CANARY}", **by)
    own = work.create_type(f"Text {CANARY}"[:40], **by)
    return {
        "checklist/item_id": str(item.pk),
        "types/key": own.key,
        "fields/key": "budget",
        "fields/field": "budget",
        "gone_field": "former_field",
    }


def _decision(task: Task, world: World, now: datetime) -> None:
    """An approval that bob decides about."""
    by = {"actor": world.alice.actor, "now": now}
    kind = TaskType.objects.get(workspace=world.workspace, key="approval")
    work.change_task(task, type=kind.pk, **by)
    work.name_approvers(task, [world.bob.user], 1, **by)


def _policies(tasks: dict[str, Task], *, actor: Actor, now: datetime) -> Policy:
    """A policy for each of three tasks, which have gone their way; the first of them."""
    ways = {"proposed": ("approve", "assign"), "decided": ("undo", "assign"), "queued": ("auto", "queue")}
    made = []
    for name, (autonomy, how) in ways.items():
        says = {"takes": f"task.key == '{tasks[name]}'", "autonomy": autonomy, "steps": [{"name": CANARY, "how": how}]}
        policy = allocation.create_policy(f"{name} {CANARY}", from_dict(says), actor=actor, now=now)
        made.append(allocation.resume_policy(policy, actor=actor, now=now))
    allocation.route_waiting(actor.workspace_id, now=now)
    return made[0]


def _applied_plan(world: World, now: datetime) -> Plan:
    """A plan of another project, applied, so that it can be undone."""
    by = {"actor": world.alice.actor, "now": now}
    project = work.create_project(key="OPS", name=f"Operations {CANARY}", **by)
    work.create_task(project, TaskDraft(title=f"Tidy {CANARY}", effort_min=60), **by)
    running = Task.objects.get(project__key="WEB", number=6)
    work.place_task(running, project, **by)
    return allocation.apply_plan(allocation.make_plan(project, **by), **by)


def _plan_being_made(project: Project, world: World, now: datetime) -> Plan:
    """As a large one is until its job has run."""
    return Plan.objects.create(
        workspace=world.workspace, project=project, state=Plan.State.MAKING, created_by=world.alice.user,
        created_at=now, total=100,
    )  # fmt: skip


def _export(world: World, now: datetime) -> Export:
    """A copy of the workspace that can be fetched."""
    (folder(world.workspace.pk) / "acme.zip").write_bytes(CANARY.encode())
    return Export.objects.create(
        workspace=world.workspace, requested_by=world.olga.user, state=Export.State.READY, file_name="acme.zip",
        created_at=now, expires_at=now + timedelta(days=3650),
    )  # fmt: skip


def _told(world: World, now: datetime) -> Notice:
    """What bob is told of a comment that names him."""
    task = Task.objects.get(project__key="WEB", number=1)
    work.add_comment(task, f"@Bob {CANARY}", internal=True, actor=world.alice.actor, now=now)
    notices.tell(Event.objects.filter(kind="comment.added").latest("seq"), now=now)
    return Notice.objects.get(user=world.bob.user, kind="mentioned")


def _device(world: World, now: datetime) -> Device:
    """A browser of bob's that takes pushes."""
    key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    given = notices.Subscription(f"https://push.example.com/{CANARY}", key, "BTBZMqHH6r4Tts7J_aSIgg")
    return notices.add_device(given, f"Phone {CANARY}", "a session", actor=world.bob.actor, now=now)


def _logged(world: World, tasks: dict[str, Task], worker: Worker, now: datetime) -> dict[str, str]:
    """What bob has logged: an entry and a removed one in an open week, a week that was handed in, a running timer."""
    mine = {"actor": world.bob.actor, "now": now}
    monday = now.date() - timedelta(days=now.date().weekday() + 21)
    entry = work.log_time(worker, tasks["held"], work.TimeDraft(monday, 60, note=CANARY), **mine)
    removed = work.log_time(worker, tasks["held"], work.TimeDraft(monday, 30), **mine)
    work.remove_time(removed, **mine)
    work.log_time(worker, tasks["held"], work.TimeDraft(monday - timedelta(days=7), 30), **mine)
    week = work.submit_week(worker, monday - timedelta(days=7), **mine)
    work.start_timer(worker, tasks["running"], **mine)
    discarded = work.discard_timer(worker, **mine)
    work.start_timer(worker, tasks["running"], **mine)
    note = work.capture(f"Note {CANARY}", zone="UTC", **mine)
    block = work.add_block(worker, (now, now + timedelta(hours=1)), title=CANARY, **mine)
    return {
        "notes/number": str(note.pk),
        "blocks/number": str(block.pk),
        "time/number": str(entry.pk),
        "time-entries/entry_id": str(entry.pk),
        "weeks/number": str(worker.pk),
        "monday": week.monday.isoformat(),
        "open_week": monday.isoformat(),
        "removed_entry": str(removed.pk),
        "timer/number": str(discarded.pk),
    }


def _undos(world: World, places: dict[str, str], now: datetime) -> dict[str, str]:
    """What an undo takes, by its name in forms: of things that are there still, and of dana, who has left OPS."""
    project, status = Project.objects.get(key="WEB"), places["columns/status_id"]
    ops = Project.objects.get(key="OPS")
    work.put_member(ops, world.dana.user, "contributor", actor=world.alice.actor, now=now)
    soon = now + timedelta(days=1)  # so that it is not too long ago, however long the tests take
    left = work.leave_project(ops, actor=world.dana.actor, now=soon)
    bob = project.members.get()
    member = {"user": bob.user_id, "worker": None, "team": None, "role": bob.role, "added_by": None,
              "created_at": now.isoformat()}  # fmt: skip
    worker, skill, off = places["people/number"], places["skills/skill_number"], places["time-off/asked_number"]
    kept: dict[str, tuple[str, dict[str, Any]]] = {
        "was_member": ("project member WEB", member),
        "was_left": ("project member OPS", left),
        "was_team": ("team", {"id": int(places["teams/number"]), "roles": []}),
        "was_edited": (f"team {places['teams/number']}", {"was": {"name": "Former"}, "now": {}}),
        "was_form": (f"request form {places['forms/number']}", {"published_at": "", "public_at": ""}),
        "was_column": ("column of WEB", {"id": int(status)}),
        "was_state": ("presence state", {"id": int(places["presence/state_id"])}),
        "was_skill": (f"skill {skill} of {worker}", {}),
        "was_off": (f"time off {off}", {}),
        "was_offer": (f"declined offer {places['offers/number']}", {}),
        "was_declined": (f"declined time off {off}", {}),
        "was_week": (f"week {worker} {places['monday']}", {"state": "submitted"}),
        "was_hours": (f"hours of {worker}", {"was": [], "now": []}),
        "was_wishes": (f"preferences of {worker}", {"was": [], "now": []}),
        "was_calendar": (f"calendar of {worker}", {"kept": 0}),
        "was_type": ("task type", {"kept": 0}),
        "was_logo": ("logo", {"kept": 0}),
        "was_feed": (f"feed of {worker}", {"kept": 0}),
        "was_address": (f"public address of form {places['forms/number']}", {"public_at": now.isoformat()}),
        "was_added": ("blocks added", {"blocks": [[int(places["blocks/number"]), *[now.isoformat()] * 2]]}),
        "was_blocks": ("blocks moved", {"blocks": [[int(places["blocks/number"]), *[now.isoformat()] * 4]]}),
        "was_view": (f"view {places['views/number']}", {"was": "", "now": ""}),
        "was_read": ("notifications read", {"at": now.isoformat()}),
        "was_accepted": ("accepted", {"tasks": []}),
        "was_merge": (f"merge of {places['inbox/key']}", {"kept": 0}),
        "was_device": ("device", {"kept": _removed_device(world)}),
    }
    workspace = world.workspace.pk
    return {name: sealed(workspace, kind, was, now=now) for name, (kind, was) in kept.items()}


def _removed_device(world: World) -> int:
    """By which bob brings back a device that he has removed a moment ago."""
    by: dict[str, Any] = {"actor": world.bob.actor, "now": timezone.now()}
    other = Device(user=world.bob.user, address_digest="0" * 64, name=f"Old {CANARY}", sealed="", session="none")
    other.workspace, other.created_at = world.workspace, by["now"]
    other.save()
    return notices.remove_device(other, **by)


def _status(project: Project, name: str) -> int:
    return Status.objects.get(project=project, name=name).pk


def _settings(world: World, now: datetime) -> dict[str, str]:
    """An open invitation, a token of olga's, dana's membership, and a link that signs bob in."""
    by = {"actor": world.olga.actor, "now": now}
    former = _member(world, "fiona", "contributor", now)
    accounts.remove_member(former.member.pk, **by)
    pairing = people.create_presence_state(f"Pairing {CANARY}"[:40], available=True, **by)
    accounts.begin_totp(world.bob.user, now=now)
    accounts.begin_totp(world.dana.user, now=now)
    accounts.confirm_totp(world.dana.user, code_for(accounts.totp_secret(world.dana.user), step_at(now)), now=now)
    invitation, secret = accounts.invite(f"{CANARY}@example.com", "contributor", **by)
    present = {**by, "now": timezone.now()}  # what was withdrawn can be taken back for some minutes only
    withdrawn, _ = accounts.invite(f"late-{CANARY}@example.com", "contributor", **present)
    accounts.withdraw_invitation(withdrawn.pk, **present)
    token, _ = accounts.create_token(f"Token {CANARY}", ["work:read"], days=None, **by)
    draft = ProviderDraft(name=f"Login {CANARY}", issuer="https://id.invalid", client_id="acme", secret="secret")
    provider = save_provider(draft, **by)
    directory = Directory(provider, world.olga.actor, 0)
    staff = GroupSaid(name=f"Staff {CANARY}", steps=[("set", [world.bob.member.pk])])
    group = add_group(staff, directory=directory, now=now)
    key = Passkey.objects.create(
        user=world.dana.user, name=f"Key {CANARY}", credential_id="none", public_key=b"", created_at=now
    )
    return {
        "passkeys/number": str(key.pk),
        "providers/number": str(provider.pk),
        "Users/member_number": str(world.bob.member.pk),
        "Groups/group_number": str(group.pk),
        "ResourceTypes/name": "User",
        "Schemas/name": "urn:ietf:params:scim:schemas:core:2.0:User",
        "sso/key": provider.key,
        "members/membership_id": str(world.dana.member.pk),
        "former": str(former.member.pk),
        "withdrawn": str(withdrawn.pk),
        "invitations/invitation_id": str(invitation.pk),
        "tokens/token_id": str(token.pk),
        "open_state": str(pairing.pk),
        "presence/state_id": str(PresenceState.objects.get(name="Focus").pk),
        "join/secret": secret,
        "link/secret": accounts.make_sign_in_link(world.bob.user, now=now, minutes=60),
    }


def _ids(world: World, tasks: dict[str, Task], skill: Skill, worker: Worker) -> dict[str, str]:
    columns = {s.name.lower().replace(" ", "_"): str(s.pk) for s in Status.objects.filter(project__key="WEB")}
    keys = {name: str(task) for name, task in tasks.items()}
    drawing = Skill.objects.get(name="Drawing")
    dana = Worker.objects.get(user=world.dana.user)
    return {
        **columns,
        **keys,
        "skill": str(skill.pk),
        "other_skill": str(drawing.pk),
        "worker": str(worker.pk),
        "team": str(Team.objects.get().pk),
        "belonging": str(ProjectMember.objects.get(project__key="WEB").pk),
        "other_worker": str(dana.pk),
        "bug": str(TaskType.objects.get(workspace=world.workspace, key="bug").pk),
        "bob": str(world.bob.user.pk),
        "clara": str(world.clara.user.pk),
        "focus": str(PresenceState.objects.get(name="Focus").pk),
        "workspace": str(world.workspace.pk),
        "worker_name": worker.name,
        "workspace_name": f"Acme {CANARY}",
    }
