"""Fields, types, an approval that waits, a milestone and a checklist of the made-up company."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from fairlead.accounts.models import User
from fairlead.allocation import actions as allocation
from fairlead.work import actions as work
from fairlead.work.actions import OptionIn
from fairlead.work.fields.models import Field
from fairlead.work.models import Project, Status, Task
from fairlead.work.states import OPEN, State
from fairlead.work.types.models import TaskType

if TYPE_CHECKING:
    from fairlead.demo.company import Company

STAGES: Final = (("Draft", 11), ("Edited", 1), ("With the client", 4), ("Live", 2))
CHANNELS: Final = (("Shop", 1), ("Newsletter", 6), ("Social", 3), ("Print", 10))


def dress(company: Company, *, now: datetime) -> None:
    """What the team keeps about its tasks besides what every task has."""
    fields = _fields(company, now)
    _fill(company, fields, now)
    _bugs(company, now)
    _approval(company, now)
    _milestone(company, now)
    _checklist(company, now)


def _by(company: Company, now: datetime) -> dict[str, Any]:
    return {"actor": company.alice, "now": now}


def _fields(company: Company, now: datetime) -> dict[str, Field]:
    web, app, brand = (company.projects[key] for key in ("WEB", "APP", "BRAND"))
    by = _by(company, now)
    made = [
        work.create_field("Budget", "money", currency="EUR", required_from="done", projects=(brand,),
                          hint="What the client agreed to.", **by),
        work.create_field("Costs so far", "money", currency="EUR", projects=(brand,), **by),
        work.create_field("Budget left", "formula", currency="EUR", projects=(brand,),
                          formula="task.fields.budget - task.fields.costs_so_far", **by),
        work.create_field("Stage", "select", options=tuple(OptionIn(n, color=c) for n, c in STAGES),
                          projects=(web, brand), for_clients=True, **by),
        work.create_field("Channels", "multi", options=tuple(OptionIn(n, color=c) for n, c in CHANNELS),
                          projects=(web, brand), **by),
        work.create_field("Words", "number", unit="words", projects=(web,), **by),
        work.create_field("Design file", "link", projects=(web, app, brand), **by),
        work.create_field("Goes live", "date", projects=(web, brand), for_clients=True, **by),
    ]  # fmt: skip
    found = {field.key: field for field in made}
    work.show_on_cards(found["stage"], brand, **by)
    work.show_on_cards(found["budget"], brand, **by)
    work.show_on_cards(found["stage"], web, **by)
    return found


def _fill(company: Company, fields: dict[str, Field], now: datetime) -> None:
    """Every task of the rebrand has a budget, most have a stage; the shop's texts have a length."""
    stages = list(fields["stage"].options.order_by("position"))
    channels = list(fields["channels"].options.order_by("position"))
    over = {State.DONE: 3, State.REVIEW: 2, State.RUNNING: 1}
    for n, task in enumerate(_tasks(company.projects["BRAND"])):
        budget = ((task.effort_min or 240) // 60 * 95 + n * 7 % 5 * 40) * 100
        values: dict[int, Any] = {fields["budget"].pk: budget}
        if task.state in over:
            values[fields["stage"].pk] = stages[over[State(task.state)]].pk
            values[fields["costs_so_far"].pk] = budget * (60 + n * 11 % 55) // 100
        if n % 3 == 0:
            values[fields["channels"].pk] = tuple(option.pk for option in channels[n % 2 :: 2])
        work.change_task(task, fields=values, **_by(company, now))
    for n, task in enumerate(task for task in _tasks(company.projects["WEB"]) if "content" in task.labels):
        values = {fields["words"].pk: Decimal(400 + n * 350), fields["stage"].pk: stages[n % 3].pk,
                  fields["goes_live"].pk: (now + timedelta(days=9 + 3 * n)).date()}  # fmt: skip
        work.change_task(task, fields=values, **_by(company, now))


def _tasks(project: Project) -> list[Task]:
    found = Task.objects.filter(project=project, deleted_at__isnull=True).order_by("number")
    return list(found.select_related("project", "status", "assignee", "type"))


def _bugs(company: Company, now: datetime) -> None:
    """What is labelled a bug is one; and the team has a type of its own for texts."""
    bug = TaskType.objects.get(workspace_id=company.alice.workspace_id, key="bug")
    for task in _tasks(company.projects["CARE"]):
        if "bug" in task.labels:
            work.change_task(task, type=bug.pk, **_by(company, now))
    text = work.create_type(
        "Content", icon="file-text", color=6, description="**For whom**\n\n**What they should do afterwards**",
        criteria="Two people have read it\nIt keeps to the voice guide", effort_min=180,
        needs={company.skills["copywriting"].pk: 3}, **_by(company, now),
    )  # fmt: skip
    for task in _tasks(company.projects["WEB"]):
        if "content" in task.labels:
            work.change_task(task, type=text.pk, **_by(company, now))


def _approval(company: Company, now: datetime) -> None:
    """The new mark waits for two of three to say yes; one has."""
    brand = company.projects["BRAND"]
    kind = TaskType.objects.get(workspace_id=company.alice.workspace_id, key="approval")
    draft = work.TaskDraft(
        title="Sign off the new mark", type=kind.pk, due_at=now + timedelta(days=3), labels=("design",),
        description="Three directions became one. Look at it small, in one colour, and on a jar.",
    )  # fmt: skip
    task = work.create_task(brand, draft, **_by(company, now))
    budget = Field.objects.get(workspace_id=brand.workspace_id, key="budget")
    work.change_task(task, fields={budget.pk: 0}, **_by(company, now))
    names = ("Olga", "Ben", "Mira")
    users = list(User.objects.filter(pk__in=[company.actors[name].user_id for name in names]))
    work.name_approvers(task, users, 2, **_by(company, now))
    allocation.assign_task(task, company.workers["Mira Castellanos"], **_by(company, now))
    task.refresh_from_db()
    for name in ("In progress", "In review"):
        work.move_task(task, Status.objects.get(project=brand, name=name), **_by(company, now))
    work.give_approval(
        task, "Works on the jar. The leaf could be a little heavier.", actor=company.actors["Ben"], now=now
    )


def _milestone(company: Company, now: datetime) -> None:
    """The shop opens when the last things are done."""
    web = company.projects["WEB"]
    kind = TaskType.objects.get(workspace_id=company.alice.workspace_id, key="milestone")
    draft = work.TaskDraft(title="The shop is open", type=kind.pk, due_at=now + timedelta(days=24))
    task = work.create_task(web, draft, **_by(company, now))
    for title in ("Launch checklist", "Load test the checkout", "Terms of sale for six countries"):
        before = Task.objects.filter(project=web, title=title, state__in=OPEN).select_related("project").first()
        if before is not None:
            work.add_dependency(task, before, **_by(company, now))


def _checklist(company: Company, now: datetime) -> None:
    found = Task.objects.filter(project=company.projects["WEB"], title="Launch checklist").select_related(
        "project", "assignee"
    )
    task = found.first()
    if task is None:
        return
    steps = (("Read every mail that the shop sends", "Alice"), ("Pay once with each card", "Bob"),
             ("Ring the warehouse", ""), ("Put the old shop to sleep", "Tom"))  # fmt: skip
    for n, (text, name) in enumerate(steps):
        worker = next((w for w in company.workers.values() if name and w.name.startswith(name)), None)
        item = work.add_item(
            task, text, assignee=worker, due_on=(now + timedelta(days=4 + n)).date(), **_by(company, now)
        )
        if n == 0:
            work.check_item(item, **_by(company, now))
