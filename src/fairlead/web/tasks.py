"""The page of one task, and the form for a new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import STAFF
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.queries import skills, worker_of
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, View, member_page, to_portal
from fairlead.web.attachments import files_of
from fairlead.web.batches import undo_address
from fairlead.web.blame import blame
from fairlead.web.board import label_color, today_of
from fairlead.web.filters import html
from fairlead.web.here import Place, others_at
from fairlead.web.render import page
from fairlead.web.task_commands import task_commands
from fairlead.web.task_comments import comments_of
from fairlead.web.task_fields import fields_of, fillable, new_fields, sent_values
from fairlead.web.task_forms import NewTaskForm, TaskForm, initial_values
from fairlead.web.task_kinds import kind_of
from fairlead.work import actions
from fairlead.work.drafts import EFFORTS
from fairlead.work.fields.stored import people_of
from fairlead.work.models import Batch, Dependency, Project, Task
from fairlead.work.permissions import (
    may_comment,
    may_create_task,
    may_delete_task,
    may_edit_task,
    may_order,
    may_transfer,
)
from fairlead.work.queries import (
    TaskDetails,
    details,
    find_deleted_task,
    find_task,
    history,
    visible_projects,
)
from fairlead.work.queries.handovers import handovers
from fairlead.work.queries.placements import placeable, placements_of
from fairlead.work.queries.triage import origin
from fairlead.work.states import OVER, State
from fairlead.work.time.queries import task_time
from fairlead.work.types.definitions import task_types
from fairlead.work.types.models import APPROVAL, NOBODYS

FIELDS = ("title", "description", "priority", *EFFORTS, "release_at", "due_at", "labels", "parent")
PLANNED = (*EFFORTS, "release_at", "parent", "after", "criteria", "status", "type")
"""What the team fills in; a client's request has none of it."""


@member_page
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    """Everything about a task, and what the reader may do with it."""
    task = find_task(request.actor, key)
    if client := to_portal(request, f"/portal/{task}/"):
        return client
    if key != str(task):  # it moved to another project
        return redirect(f"/tasks/{task}/")
    found = details(request.actor, task)
    return _task_page(request, task, found, _form(request, task, found))


def _form(request: Request, task: Task, found: TaskDetails, data: Any = None) -> TaskForm:
    initial = {**initial_values(task), "need_rows": found.needs}
    return TaskForm(data, actor=request.actor, zone=request.user.time_zone, task=task, initial=initial)


def _task_page(request: Request, task: Task, found: TaskDetails, form: TaskForm, **more: Any) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    client = actor.role == Role.CLIENT
    live = task.project.archived_at is None
    steps = _steps(task, found) if live else []
    further = [] if client else placeable(actor, task)
    values = {
        "task": task,
        "details": found,
        "form": form,
        "tags": [{"name": name, "color": label_color(name)} for name in task.labels],
        "steps": steps,
        "link_kinds": Dependency.Kind.choices,
        "asked": handovers(actor, task, now=timezone.now()),
        "history": history(actor, task, zone=request.user.time_zone),
        "skill_names": [] if client else list(skills(actor).order_by("name").values_list("name", flat=True)),
        "may_edit": may_edit_task(actor, task) and live,
        "may_delete": may_delete_task(actor, task),
        "may_move": may_order(actor, task) and live,
        "may_transfer": may_transfer(actor, task),
        "may_cancel": live and State.CANCELLED in found.next_states,
        "may_comment": may_comment(actor, task, internal=False),
        "client": client,
        "may_add_parts": live and not client and may_create_task(actor, task.project),
        "shows_candidates": live and not client and State(task.state) not in OVER and not _decided(task),
        "today": today_of(request, now),
        "differences": [],
        "time": None if client else task_time(task),
        "may_time": actor.role in STAFF,
        "placements": placements_of(actor, task),
        "placeable": further,
        "origin": None if client else origin(task),
        "others": None if client else others_at(request, Place(task.workspace_id, f"task/{task.pk}")),
        **files_of(request, task),
        **comments_of(request, task),
        **fields_of(request, task),
        **kind_of(request, task),
        "my_worker_id": getattr(worker_of(actor), "pk", None) if not client else None,
        "page_commands": task_commands(actor, task, found, steps, further),
        **more,
    }
    return page(request, "tasks/show.jinja", values, status=422 if form.errors else 200)


def _decided(task: Task) -> bool:
    """Whether it is decided or reached, and not worked on."""
    return task.type is not None and task.type.base in NOBODYS


STEPS: dict[State, tuple[str, str, str]] = {
    State.RUNNING: ("start", later("Start"), "play"),
    State.REVIEW: ("submit", later("Hand in for review"), "send"),
    State.DONE: ("complete", later("Complete"), "check"),
    State.READY: ("reopen", later("Reopen"), "rotate-ccw"),
}


def _steps(task: Task, found: TaskDetails) -> list[dict[str, str]]:
    """The buttons for what the reader may do next; one that a rule forbids now says why."""
    reopens = State(task.state) in OVER
    wanted = [to for to in STEPS if to in found.next_states and reopens == (to == State.READY)]
    waiting = State(task.state) in (State.BACKLOG, State.READY)
    steps = []
    for to in wanted:
        verb, label, icon = STEPS[to]
        why = ""
        if found.blocked_by and waiting and to in (State.RUNNING, State.DONE):
            why = tr("Waits for %(tasks)s", tasks=", ".join(found.blocked_by))
        elif to == State.DONE and task.type is not None and task.type.base == APPROVAL:
            why = tr("It is done when its approvers say so")
        elif to == State.DONE and found.met < len(found.criteria):
            why = _open_criteria(found)
        if to == State.RUNNING and not waiting:
            label, icon = tr("Back to work"), "undo-2"
        steps.append({"label": str(label), "icon": icon, "url": f"/tasks/{task}/{verb}/", "why": why, "verb": verb})
    return steps


def _open_criteria(found: TaskDetails) -> str:
    count = len(found.criteria)
    return tr("%(open)s of %(total)s criteria are open", open=count - found.met, total=count)


@member_page
@require_POST
def edit(request: Request, key: str) -> HttpResponse:
    """Save what was typed about a task. Over a newer version it shows what differs, and saving again overwrites."""
    task = find_task(request.actor, key)
    found = details(request.actor, task)
    form = _form(request, task, found, request.POST)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        version = request.POST.get("version", "")
        try:
            actions.change_task(
                task, actor=request.actor, now=timezone.now(), needs=form.cleaned_data["needs"],
                version=int(version) if version.isdecimal() and len(version) < 10 else None, **values,
            )  # fmt: skip
        except Conflict as conflict:
            form.add_error(None, conflict.detail)
            task = find_task(request.actor, key)
            return _task_page(request, task, found, form, differences=_differences(task, found, form))
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(task)s was saved.", task=task))
            return redirect("task", str(task))
    return _task_page(request, task, found, form)


def _differences(task: Task, found: TaskDetails, form: TaskForm) -> list[dict[str, str]]:
    """Where the saved task differs from what was typed: field, what is saved, what was typed."""
    saved = _form_texts(TaskForm(actor=form.actor, zone=form.zone, task=task))
    typed = _form_texts(form)
    rows = [
        {
            "field": str(form.fields[name].label),
            "saved": saved[name],
            "typed": typed[name],
        }
        for name in form.fields
        if saved[name].strip() != typed[name].strip()
    ]
    needs = ", ".join(f"{row['name']} ≥ {row['level']}" for row in found.needs)
    mine = ", ".join(f"{name} ≥ {level or 3}" for name, level in form.need_rows())
    return rows if needs == mine else [*rows, {"field": tr("Needed skills"), "saved": needs, "typed": mine}]


def _form_texts(form: TaskForm) -> dict[str, str]:
    """What stands in each field, a choice by its name."""
    texts = {}
    for name, field in form.fields.items():
        value = form[name].value()
        text = "" if value is None else str(value).replace("\r\n", "\n")
        texts[name] = {str(key): str(label) for key, label in getattr(field, "choices", ())}.get(text, text)
    return texts


@member_page
def new(request: Request) -> HttpResponse:
    """A form for a new task; ?project=WEB&status=3&parent=WEB-1&due=2026-11-30 fill it in."""
    require(request.actor.role != Role.AUDITOR, tr("Auditors read only. Ask a member of the team to add the task."))
    if request.method != "POST" and (client := to_portal(request, "/portal/new/")):
        return client
    projects = visible_projects(request.actor).filter(archived_at__isnull=True).order_by("name")
    fixed = projects.filter(key=request.GET.get("project", "").upper()).first()
    form = _new_form(request, projects, fixed)
    wrong: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        project = form.cleaned_data["project"]
        given, wrong = _own_values(request, project)
        try:
            if wrong:
                raise Invalid({f"fields.{key}": text for key, text in wrong.items()})
            task = actions.create_task(project, _draft(form, given), actor=request.actor, now=timezone.now())
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(task)s was created.", task=task))
            again = "another" in request.POST
            return redirect(f"/tasks/new/?project={task.project.key}" if again else f"/tasks/{task}/")
    names = (
        []
        if request.actor.role == Role.CLIENT
        else list(skills(request.actor).order_by("name").values_list("name", flat=True))
    )
    first = _chosen_project(form, projects)
    values = {
        "form": form, "fixed": fixed, "skill_names": names, "any_project": projects.exists(),
        "new_fields": new_fields(request, first.pk, wrong) if first else [],
    }  # fmt: skip
    return page(request, "tasks/new.jinja", values, status=422 if form.errors else 200)


def _new_form(request: Request, projects: Any, fixed: Project | None) -> NewTaskForm:
    initial = {name: request.GET.get(name, "") for name in ("status", "parent", "title")}
    initial["project"] = fixed.key if fixed else ""
    if len(request.GET.get("due", "")) == 10:
        initial["due_at"] = request.GET["due"]
    form = NewTaskForm(request.POST or None, actor=request.actor, zone=request.user.time_zone, initial=initial)
    form.fields["project"].queryset = projects  # type: ignore[attr-defined]
    form.fields["status"].label_from_instance = attrgetter("said")  # type: ignore[attr-defined]
    kinds = [(str(kind.id), kind.said) for kind in task_types(request.actor.workspace_id) if not kind.archived]
    form.fields["type"].choices = kinds  # type: ignore[attr-defined]
    form.initial.setdefault("type", _asked_type(request))
    if request.actor.role == Role.CLIENT:
        for name in PLANNED:
            del form.fields[name]
    elif fixed is None:
        del form.fields["status"]
    else:
        form.fields["status"].queryset = fixed.statuses.all()  # type: ignore[attr-defined]
    return form


def _asked_type(request: Request) -> str:
    """?type=bug as the choice of the form."""
    kinds = task_types(request.actor.workspace_id)
    return next((str(kind.id) for kind in kinds if kind.key == request.GET.get("type", "task")), "")


def _own_values(request: Request, project: Project) -> tuple[dict[int, Any], dict[str, str]]:
    """What was typed into the fields of the project, and what is wrong with it."""
    fields = fillable(request, project.pk)
    return sent_values(request, fields, people_of(request.actor.workspace_id, fields))


def _chosen_project(form: NewTaskForm, projects: Any) -> Project | None:
    """The project whose fields the form shows: the chosen one, else the first of the list."""
    chosen: Project | None = projects.filter(key=form["project"].value() or "").first()
    return chosen or projects.first()


def _draft(form: NewTaskForm, given: dict[int, Any]) -> actions.TaskDraft:
    values = {name: value for name, value in form.cleaned_data.items() if name != "project"}
    chosen = values.pop("type", "")
    number = int(chosen) if chosen else None
    return actions.TaskDraft(**{**values, "labels": tuple(values["labels"]), "fields": given, "type": number})


@member_page
@require_POST
def preview(request: Request) -> HttpResponse:
    """Markdown as it will look."""
    return HttpResponse(html(request.POST.get("description", "")[:50_000]))


@member_page
@require_POST
def delete(request: Request, key: str) -> HttpResponse:
    """Put the task into the trash, with a way back."""
    task = find_task(request.actor, key)
    actions.delete_task(task, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(task)s is in the trash.", task=task), extra_tags=f"/tasks/{task}/restore/")
    return redirect("board", task.project.key)


@member_page
@require_POST
def restore(request: Request, key: str) -> HttpResponse:
    """Take the task out of the trash."""
    task = find_deleted_task(request.actor, key)
    actions.restore_task(task, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(task)s is back in %(status)s.", task=task, status=task.status.said))
    return redirect("task", str(task))


def _step(act: Callable[..., Any]) -> View:
    """A view that does one step with a task and shows the task again, whether it went or was refused. Where the step
    gives a batch, the message takes it back."""

    @member_page
    @require_POST
    def view(request: Request, key: str) -> HttpResponse:
        task = find_task(request.actor, key)
        now: datetime = timezone.now()
        try:
            done = act(task, actor=request.actor, now=now)
        except Refused as refused:
            if refused.status in (403, 404) or request.htmx:
                raise
            messages.error(request, refused.detail)
        else:
            undo = undo_address(done, f"/tasks/{task}/") if isinstance(done, Batch) else ""
            told = tr("%(task)s is in %(status)s.", task=task, status=find_task(request.actor, key).status.said)
            messages.success(request, told, extra_tags=undo)
        return redirect("task", str(task))

    return view


def _into(state: State) -> View:
    """A view that moves a task to a state, with a way back."""
    return _step(lambda task, **by: actions.change_one(task, actions.TaskEdit(state=state), **by))


start, submit, complete, cancel = map(_into, (State.RUNNING, State.REVIEW, State.DONE, State.CANCELLED))
reopen = _step(actions.reopen_task)


urls = [
    path("tasks/new/", new, name="new-task"),
    path("tasks/preview/", preview, name="preview-markdown"),
    path("tasks/<task:key>/", show, name="task"),
    path("tasks/<task:key>/edit/", edit, name="edit-task"),
    path("tasks/<task:key>/delete/", delete, name="delete-task"),
    path("tasks/<task:key>/restore/", restore, name="restore-task"),
    path("tasks/<task:key>/start/", start, name="start-task"),
    path("tasks/<task:key>/submit/", submit, name="submit-task"),
    path("tasks/<task:key>/complete/", complete, name="complete-task"),
    path("tasks/<task:key>/cancel/", cancel, name="cancel-task"),
    path("tasks/<task:key>/reopen/", reopen, name="reopen-task"),
]
