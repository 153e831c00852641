"""A private project of acme with something behind every address, and the people of the team who are outside of it.

Every text of it carries SECRET, and nothing else of acme does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conftest import Person, World
from fairlead.accounts import actions as accounts
from fairlead.allocation import actions as allocation
from fairlead.allocation.models import Assignment, Offer, Plan
from fairlead.allocation.routing import from_dict
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.notices import actions as notices
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.files import from_bytes
from fairlead.work.forms import Question
from fairlead.work.models import Project, Status, Task
from pictures import png
from security.objects import Filled

SECRET = "qzsecretzq"
OUTSIDE_MANAGER, OUTSIDER, OUTSIDE_AGENT = "outside manager", "outsider", "outside agent"


@dataclass(frozen=True)
class Hidden:
    """The people outside, and what of the private project stands in addresses."""

    people: dict[str, Person]
    places: dict[str, str]
    entry: str
    task_ids: tuple[int, ...]


def hide(filled: Filled, now: datetime) -> Hidden:
    """Make the private project SEC of olga's and bob's; the connection ends up inside acme."""
    world = filled.world
    by: dict[str, Any] = {"actor": world.olga.actor, "now": now}
    mona = _member(world, "mona", "manager", now)
    outside = {OUTSIDE_MANAGER: mona, OUTSIDER: world.dana, OUTSIDE_AGENT: world.echo}
    for person, kind in ((mona, "employee"), (world.echo, "agent")):
        worker = people.create_worker(kind=kind, name=person.user.name, user=person.user, **by)
        people.set_hours(worker, [(day, 0, 1440) for day in range(7)], **by)
    bob = Worker.objects.get(user=world.bob.user)
    project = work.create_project(
        key="SEC", name=f"Merger {SECRET}", description=SECRET, client=f"Client {SECRET}", **by
    )
    tasks = _tasks(project, bob, world, now)
    work.make_private(project, **by)
    work.put_member(project, world.bob.user, "lead", **by)
    places = _around(project, tasks, bob, world, now)
    enter(world.workspace.pk)
    entry = project.members.get(user=world.bob.user)
    places["people/entry"] = places["members/member_id"] = str(entry.pk)
    return Hidden(outside, places, str(entry.pk), tuple(task.pk for task in tasks.values()))


def _member(world: World, name: str, role: str, now: datetime) -> Person:
    user = accounts.create_user(f"{name}@example.com", name.title(), "correct horse battery", now=now)
    return Person(user, accounts.add_member(user, role, actor=world.olga.actor, now=now))


def _tasks(project: Project, bob: Worker, world: World, now: datetime) -> dict[str, Task]:
    """`held` and `running` are bob's, `done` was; the others are named after what is done with them."""
    by = {"actor": world.olga.actor, "now": now}
    names = ("held", "running", "done", "waiting", "offered", "queued", "proposed", "gone", "child", "asked", "cold")
    due = now + timedelta(days=2)
    drafts = [
        TaskDraft(title=f"{name} {SECRET}", description=SECRET, labels=(SECRET,), effort_min=60, due_at=due)
        for name in names
    ]
    tasks = dict(zip(names, work.create_tasks(project, drafts, **by), strict=True))
    for name in ("held", "running", "done", "asked"):
        allocation.assign_task(tasks[name], bob, reason=SECRET, **by)
        tasks[name].refresh_from_db()
    mine = {"actor": world.bob.actor, "now": now}
    work.start_task(tasks["running"], **mine)
    work.start_task(tasks["done"], **mine)
    work.complete_task(tasks["done"], **by)
    work.start_task(tasks["asked"], **mine)
    work.submit_task(tasks["asked"], **mine)
    return tasks


def _around(project: Project, tasks: dict[str, Task], bob: Worker, world: World, now: datetime) -> dict[str, str]:
    by: dict[str, Any] = {"actor": world.olga.actor, "now": now}
    mine: dict[str, Any] = {"actor": world.bob.actor, "now": now}
    held, web = tasks["held"], Project.objects.get(key="WEB")
    open_task, other = (Task.objects.select_related("project").get(project=web, number=n) for n in (2, 3))
    work.add_dependency(open_task, tasks["waiting"], **by)
    work.add_dependency(tasks["cold"], other, **by)
    work.change_task(tasks["child"], parent=tasks["waiting"], **by)
    work.place_task(tasks["waiting"], web, **by)
    work.place_task(other, project, **by)
    work.share_project(project, world.clara.user, **by)
    handover = work.ask_client(tasks["asked"], [world.clara.user.pk], message=SECRET, **by)
    criterion = work.add_criterion(held, f"Short {SECRET}", **by)
    item = work.add_item(held, f"Step {SECRET}", **by)
    comment = work.add_comment(held, f"@Bob @Dana {SECRET}", internal=True, **by)
    notices.tell(Event.objects.filter(kind="comment.added").latest("seq"), now=now)
    file = work.add_attachment(held, from_bytes(f"{SECRET}.png", png()), for_client=False, **mine)
    monday = now.date() - timedelta(days=now.date().weekday() + 21)
    entry = work.log_time(bob, held, work.TimeDraft(monday, 60, note=SECRET), **mine)
    work.delete_task(tasks["gone"], **by)
    form = work.create_form(project, f"Ask {SECRET}", (Question("q1", "short", "What?", target="title"),), **by)
    work.publish_form(form, **by)
    offering = allocation.offer_task(tasks["offered"], workers=[bob], terms=allocation.Terms(message=SECRET), **by)
    offer = Offer.objects.get(offering=offering)
    for name, says in {"queued": ("auto", "queue"), "proposed": ("approve", "assign")}.items():
        rule = {
            "takes": f"task.key == '{tasks[name]}'",
            "autonomy": says[0],
            "steps": [{"name": "All", "how": says[1]}],
        }
        allocation.resume_policy(allocation.create_policy(f"For {name}", from_dict(rule), **by), **by)
    allocation.route_waiting(world.workspace.pk, now=now)
    plan = allocation.make_plan(None, **by)
    own = allocation.make_plan(project, **by)
    assert Plan.objects.filter(pk__in=(plan.pk, own.pk)).count() == 2
    batch = work.change_one(held, work.TaskEdit(priority=1), **mine)
    return {
        "projects/key": "SEC", "tasks/key": str(held), "inbox/key": str(held), "my-work/key": str(held),
        "portal/key": str(held), "new/key": "SEC", "task": str(held),
        "columns/status_id": str(Status.objects.get(project=project, name="Ready").pk),
        "statuses/status_id": str(Status.objects.get(project=project, name="Ready").pk),
        "criteria/criterion_id": str(criterion.pk), "comments/comment_id": str(comment.pk),
        "checklist/item_id": str(item.pk), "files/attachment_id": str(file.pk), "time/number": str(entry.pk),
        "attachments/attachment_id": str(file.pk), "time-entries/entry_id": str(entry.pk),
        "forms/number": str(form.pk), "forms/form_id": str(form.pk), "offers/number": str(offer.pk),
        "offers/offer_id": str(offer.pk), "rounds/number": str(handover.pk), "rounds/round_id": str(handover.pk),
        "plans/plan_id": str(own.pk), "batches/number": str(batch.pk), "batches/batch_id": str(batch.pk),
        "receipts/number": str(Assignment.objects.get(task=held).receipt_id),
        "receipts/receipt_id": str(Assignment.objects.get(task=held).receipt_id),
        "whole_plan": str(plan.pk),
    }  # fmt: skip
