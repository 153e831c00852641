"""The entries of the time log: the list, one by hand, and the export."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairlead.accounts.permissions import READERS, STAFF
from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.sheets import line, safe
from fairlead.lib.speech import later, later_as, tr
from fairlead.people.models import Worker
from fairlead.people.queries import worker_name, worker_of
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.blame import blame
from fairlead.web.render import attachment, page
from fairlead.web.task_filters import address
from fairlead.web.time_log import FOR_TEAM, by_name, listed_people, read_day, shown_worker, tabs
from fairlead.work import actions
from fairlead.work.models import Task
from fairlead.work.queries import find_task, visible_projects
from fairlead.work.time.models import TimeEntry
from fairlead.work.time.permissions import may_decide_weeks, may_log, may_see_all_time
from fairlead.work.time.queries import PAGE, EntryFilter, entry_list, entry_rows, find_entry, overlaps, visible_entries
from fairlead.work.time.spans import Span, read_span, write_span

HEADS: Final = "Day,From,To,Minutes,Hours,Who,Project,Task,Title,Note,Billable,Source"
"""The first line of the CSV file; the same in every language, because programs read it."""
DAY: Final = timedelta(days=1)
FIELDS: Final = ("worker", "project", "task", "billable")


@member_page
@require_GET
def entries(request: Request) -> HttpResponse:
    """The list of entries, with filters in the address."""
    require(request.actor.role in READERS, FOR_TEAM)
    wanted = _filter(request)
    number = request.GET.get("page", "1")
    found = entry_list(request.actor, wanted, page=int(number) if number.isdecimal() and len(number) < 7 else 1)
    zone = ZoneInfo(request.user.time_zone)
    for row in found.rows:
        row["clock"] = _clock(row, zone)
        row["may_change"] = row["worker__user_id"] == request.user.pk or may_decide_weeks(request.actor)
    chosen = worker_name(request.actor, wanted.worker) if wanted.worker is not None else wanted.named
    values = {
        "tabs": tabs(request, "entries"),
        "found": found,
        "wanted": wanted,
        "people": listed_people(request.actor),
        "chosen": chosen,
        "by_name": by_name("entry-names"),
        "sees_all": may_see_all_time(request.actor),
        "projects": list(visible_projects(request.actor).order_by("name").values_list("key", "name")),
        "filtered": wanted != EntryFilter(),
        "export": "/time/export/" + address(request, page="").removeprefix(request.path),
        "previous": address(request, page=found.page - 1) if found.page > 1 else None,
        "next": address(request, page=found.page + 1) if found.page < found.pages else None,
        "first": (found.page - 1) * PAGE + 1 if found.rows else 0,
        "here": address(request),
        "may_add": worker_of(request.actor) is not None and request.actor.role in STAFF,
    }
    return page(request, "time/entries.jinja", values)


def _clock(row: dict[str, Any], zone: ZoneInfo) -> str:
    if row["started_at"] is None or row["ended_at"] is None:
        return ""
    return f"{row['started_at'].astimezone(zone):%H:%M}–{row['ended_at'].astimezone(zone):%H:%M}"


def _filter(request: Request) -> EntryFilter:
    get = {
        name: request.GET.get(name, "").strip().replace("\x00", "")
        for name in ("worker", "project", "task", "billable")
    }
    number = get["worker"]
    numbered = number.isdecimal() and number.isascii() and len(number) < 16
    return EntryFilter(
        worker=int(number) if numbered else None,
        named="" if numbered else number[:120],
        project=get["project"].upper()[:8],
        task=get["task"].upper()[:20],
        first=read_day(request.GET.get("from", "")),
        last=read_day(request.GET.get("to", "")),
        billable={"yes": True, "no": False}.get(get["billable"]),
    )


@member_page
@require_GET
def export(request: Request) -> HttpResponse:
    """The entries that fit as a CSV file; no cell can become a formula in a spreadsheet."""
    require(request.actor.role in READERS, FOR_TEAM)
    fitting = _filter(request).apply(visible_entries(request.actor)).filter(minutes__isnull=False)
    zone = ZoneInfo(request.user.time_zone)
    lines = [line(HEADS.split(","))]
    for row in entry_rows(fitting.order_by("day", "started_at", "id")):
        first, last = (
            f"{at.astimezone(zone):%H:%M}" if (at := row[name]) else "" for name in ("started_at", "ended_at")
        )
        lines.append(line([
            row["day"].isoformat(), first, last, str(row["minutes"]), f"{row['minutes'] / 60:.2f}",
            *(safe(row[name]) for name in ("worker__name", "task__project__name", "key", "task__title", "note")),
            "yes" if row["billable"] else "no", row["source"],
        ]))  # fmt: skip
    return attachment("".join(lines), "time.csv")


class EntryForm(forms.Form):
    """An entry by hand."""

    task = forms.CharField(label=later("Task"), max_length=20, help_text=later("The key of a task, like WEB-12."))
    day = forms.DateField(label=later("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    spent = forms.CharField(
        label=later_as("length", "Time"), max_length=30, help_text=later("Like 1h30, 90m, 1:30 or 9:00-10:30.")
    )
    note = forms.CharField(label=later("Note"), required=False, max_length=300)
    billable = forms.BooleanField(required=False, label=later("Billable"))

    def __init__(
        self, data: Any = None, *, request: Request, worker: Worker, entry: TimeEntry | None = None, **more: Any
    ):
        self.request, self.worker, self.entry = request, worker, entry
        super().__init__(data, **more)

    def clean_task(self) -> Task:
        try:
            return find_task(self.request.actor, self.cleaned_data["task"])
        except Missing as missing:
            raise forms.ValidationError(missing.detail) from None

    def clean_spent(self) -> Span:
        text = self.cleaned_data["spent"]
        try:
            return read_span(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def draft(self) -> actions.TimeDraft:
        """What the action is told. Times that were not touched stay to the second."""
        values, span = self.cleaned_data, self.cleaned_data["spent"]
        day: date = values["day"]
        at: list[datetime | None] = [None, None]
        if self.entry is not None and "spent" not in self.changed_data and day == self.entry.day:
            at, span = [self.entry.started_at, self.entry.ended_at], Span(self.entry.minutes or span.minutes)
        elif span.from_min is not None and span.to_min is not None:
            midnight = datetime.combine(day, time(), ZoneInfo(self.worker.time_zone))
            # in UTC, because when clocks change they do not show how long it took
            first, last = ((midnight + timedelta(minutes=n)).astimezone(UTC) for n in (span.from_min, span.to_min))
            at, span = [first, last], Span(int((last - first).total_seconds() // 60))
        return actions.TimeDraft(day, span.minutes, at[0], at[1], values["note"], values["billable"])


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Log time by hand; ?task=WEB-12 fills in the task."""
    worker = shown_worker(request)
    require(request.actor.role in STAFF, tr("Only members of the team log time."))
    if worker is None:
        raise Missing(tr("You are not in the directory of people. Ask a manager to link your profile to your account."))
    require(may_log(request.actor, worker), tr("Everybody logs their own time; managers can also log it for others."))
    today = timezone.now().astimezone(ZoneInfo(worker.time_zone)).date()
    initial = {
        "task": request.GET.get("task", "")[:20],
        "day": read_day(request.GET.get("day", "")) or today,
        "billable": True,
    }
    form = EntryForm(request.POST or None, request=request, worker=worker, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.log_time(
                worker, form.cleaned_data["task"], form.draft(), actor=request.actor, now=timezone.now()
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return _saved(
                request, entry, tr("%(time)s logged on %(task)s.", time=write_span(entry.minutes), task=entry.task)
            )
    return _form(request, form, worker, title=tr("Log time"), submit=tr("Log it"))


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, number: int) -> HttpResponse:
    """Change an entry."""
    entry = find_entry(request.actor, number)
    require(may_log(request.actor, entry.worker), tr("Everybody changes their own time; managers also that of others."))
    form = EntryForm(request.POST or None, request=request, worker=entry.worker, entry=entry, initial=_typed(entry))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_time(entry, form.cleaned_data["task"], form.draft(), actor=request.actor, now=timezone.now())
        except Refused as refused:
            blame(form, refused)
        else:
            return _saved(request, entry, tr("The entry was changed."))
    return _form(request, form, entry.worker, title=tr("Change entry"), submit=tr("Save"), entry=entry)


def _typed(entry: TimeEntry) -> dict[str, Any]:
    zone = ZoneInfo(entry.worker.time_zone)
    spent = write_span(entry.minutes)
    if entry.started_at is not None and entry.ended_at is not None:
        first, last = entry.started_at.astimezone(zone), entry.ended_at.astimezone(zone)
        ends = "24:00" if last.replace(tzinfo=None) == datetime.combine(entry.day + DAY, time()) else f"{last:%H:%M}"
        within = first.date() == entry.day and (last.date() == entry.day or ends == "24:00")
        if within and f"{first:%H:%M}" < ends:
            spent = f"{first:%H:%M}-{ends}"
    return {"task": str(entry.task), "day": entry.day, "spent": spent, "note": entry.note, "billable": entry.billable}


def _form(
    request: Request, form: EntryForm, worker: Worker, *, title: str, submit: str, entry: TimeEntry | None = None
) -> HttpResponse:
    values = {
        "form": form, "worker": worker, "title": title, "submit": submit, "entry": entry,
        "back": safe_next(request.GET.get("next") or request.POST.get("next") or "/time/"),
        "action": request.path, "own": worker.user_id == request.user.pk,
    }  # fmt: skip
    return page(request, "time/form.jinja", values, block="form", status=422 if form.errors else 200)


def _saved(request: Request, entry: TimeEntry, text: str) -> HttpResponse:
    same = overlaps(entry)
    if same:
        also = tr("At the same time you logged %(tasks)s: look at both.", tasks=", ".join(same))
        messages.warning(request, f"{text} {also}")
    else:
        messages.success(request, text, extra_tags=f"/time/{entry.pk}/remove/?next=/time/entries/")
    back = safe_next(request.POST.get("next"))
    back = "/time/" if back == "/" else back
    if request.htmx:
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = back
        return response
    return redirect(back)


@member_page
@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """Take an entry away, with a way back."""
    entry = find_entry(request.actor, number)
    back = safe_next(request.POST.get("next") or request.GET.get("next") or "/time/entries/")
    try:
        actions.remove_time(entry, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(back)
    messages.success(
        request,
        tr("The entry on %(task)s was removed.", task=entry.task),
        extra_tags=f"/time/{entry.pk}/restore/?next={back}",
    )
    return redirect(back)


@member_page
@require_POST
def restore(request: Request, number: int) -> HttpResponse:
    """Bring a removed entry back."""
    entry = find_entry(request.actor, number, removed=True)
    back = safe_next(request.POST.get("next") or request.GET.get("next") or "/time/entries/")
    try:
        actions.restore_time(entry, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
    else:
        messages.success(request, tr("The entry on %(task)s is back.", task=entry.task))
    return redirect(back)


urls = [
    path("time/entries/", entries, name="time-entries"),
    path("time/export/", export, name="time-export"),
    path("time/new/", new, name="time-new"),
    path("time/<int:number>/", edit, name="time-entry"),
    path("time/<int:number>/remove/", remove, name="time-remove"),
    path("time/<int:number>/restore/", restore, name="time-restore"),
]
