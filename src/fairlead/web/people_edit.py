"""Changing a profile, a section at a time: find the worker, ask whether it is allowed, call one action."""

from __future__ import annotations

from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.lib.errors import Missing, require
from fairlead.lib.speech import later, tr, tr_as
from fairlead.lib.text import folded
from fairlead.people import actions, queries
from fairlead.people.models import Worker
from fairlead.people.permissions import may_decide_time_off, may_edit_worker, may_manage_people
from fairlead.web.access import Request, member_page
from fairlead.web.people_answer import FormPage, answer
from fairlead.web.people_forms import (
    NOT_OWN,
    AwayForm,
    DeclineForm,
    HoursForm,
    PreferencesForm,
    ProfileForm,
    SkillLevelForm,
    TimeOffForm,
    hours_values,
    level_values,
    profile_values,
)
from fairlead.web.render import page
from fairlead.web.skills import skill_choices
from fairlead.web.undoing import Former, read_former, read_was, taken_back, undo_link

_MAY_NOT: Final = later("Only a manager, or the person themselves, can change this profile.")


def _mine_to_edit(request: Request, number: int) -> Worker:
    worker = queries.find_worker(request.actor, number)
    require(may_edit_worker(request.actor, worker), _MAY_NOT)
    return worker


def _back(worker: Worker) -> tuple[str, str]:
    return worker.name, reverse("person", args=[worker.pk])


@member_page
def profile(request: Request, number: int) -> HttpResponse:
    """Who they are, where, how much they can take and what they cost."""
    worker = _mine_to_edit(request, number)
    form = ProfileForm(
        request.POST or None, initial=profile_values(worker), actor=request.actor, currency=request.workspace.currency,
        leave_out=() if may_manage_people(request.actor) else NOT_OWN,
    )  # fmt: skip

    def act() -> str:
        version = form.cleaned_data["version"]
        actions.change_worker(worker, actor=request.actor, now=timezone.now(), version=version, **form.profile())
        return tr("The profile was saved.")

    return answer(
        request,
        form,
        FormPage(tr("Edit profile"), tr("Save"), _back(worker), fields="people/_fields_profile.jinja"),
        act,
    )


@member_page
def skill_add(request: Request, number: int) -> HttpResponse:
    """Another skill of theirs."""
    worker = _mine_to_edit(request, number)
    form = SkillLevelForm(request.POST or None, skills=skill_choices(request.actor))

    def act() -> str:
        given = dict(form.cleaned_data)
        skill = queries.get_skill(request.actor, given.pop("skill"))
        row = actions.set_skill(worker, skill, given.pop("level"), actor=request.actor, now=timezone.now(), **given)
        if row.confirmed_at:
            return tr("%(name)s was added.", name=skill.name)
        return tr("%(name)s was added. A manager is asked to confirm it.", name=skill.name)

    return answer(
        request, form, FormPage(tr("A skill of %(name)s", name=worker.name), tr("Add skill"), _back(worker)), act
    )


@member_page
def skill_edit(request: Request, number: int, skill_number: int) -> HttpResponse:
    """The level of a skill, and what shows it."""
    worker = _mine_to_edit(request, number)
    row = worker.skills.select_related("skill").filter(skill_id=skill_number).first()
    if row is None:
        raise Missing(tr("%(name)s does not have this skill.", name=worker.name))
    data = {**request.POST.dict(), "skill": str(row.skill_id)} if request.method == "POST" else None
    form = SkillLevelForm(data, initial=level_values(row), skills=[(row.skill_id, row.skill.name)])
    del form.fields["skill"]

    def act() -> str:
        given = dict(form.cleaned_data)
        changed = actions.set_skill(
            worker, row.skill, given.pop("level"), actor=request.actor, now=timezone.now(), **given
        )
        if changed.confirmed_at:
            return tr("%(name)s was saved.", name=row.skill.name)
        return tr("%(name)s was saved. A manager is asked to confirm it.", name=row.skill.name)

    remove = reverse("person_skill_remove", args=[worker.pk, skill_number])
    values = {"remove": (tr("Remove %(name)s", name=row.skill.name), remove)}
    return answer(
        request,
        form,
        FormPage(
            tr("%(skill)s of %(name)s", skill=row.skill.name, name=worker.name),
            tr("Save"),
            _back(worker),
            values=values,
        ),
        act,
    )


@member_page
@require_POST
def skill_confirm(request: Request, number: int, skill_number: int) -> HttpResponse:
    """A manager agrees."""
    worker = queries.find_worker(request.actor, number)
    skill = queries.get_skill(request.actor, skill_number)
    actions.confirm_skill(worker, skill, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(skill)s of %(name)s is confirmed.", skill=skill.name, name=worker.name))
    return redirect("person", number=worker.pk)


@member_page
@require_POST
def skill_remove(request: Request, number: int, skill_number: int) -> HttpResponse:
    """They do not have it any more."""
    worker = queries.find_worker(request.actor, number)
    skill = queries.get_skill(request.actor, skill_number)
    was = actions.remove_skill(worker, skill, actor=request.actor, now=timezone.now())
    back = reverse("person_skill_restore", args=[worker.pk, skill.pk])
    undo = undo_link(request, back, f"skill {skill.pk} of {worker.pk}", was)
    told = tr("%(skill)s was removed from %(name)s.", skill=skill.name, name=worker.name)
    messages.success(request, told, extra_tags=undo)
    return redirect("person", number=worker.pk)


@member_page
@require_POST
def skill_restore(request: Request, number: int, skill_number: int) -> HttpResponse:
    """Undo of a removal."""
    worker = _mine_to_edit(request, number)
    skill = queries.get_skill(request.actor, skill_number)

    def act() -> str:
        was = read_was(request, f"skill {skill.pk} of {worker.pk}")
        actions.restore_skill(worker, skill, was, actor=request.actor, now=timezone.now())
        return tr("%(name)s has %(skill)s again.", skill=skill.name, name=worker.name)

    return taken_back(request, act, reverse("person", args=[worker.pk]))


@member_page
def hours(request: Request, number: int) -> HttpResponse:
    """The weekly hours."""
    worker = _mine_to_edit(request, number)
    initial, spans = hours_values(queries.weekly_hours(worker.workspace_id, [worker.pk])[worker.pk])
    form = HoursForm(request.POST or None, initial=initial, spans=spans)
    undo = Former(request, reverse("person_hours_restore", args=[worker.pk]), f"hours of {worker.pk}")

    def act() -> str:
        undo.was, undo.now = actions.set_hours(worker, form.hours(), actor=request.actor, now=timezone.now())
        return tr("The weekly hours were saved.")

    return answer(request, form, _hours_page(worker), act, undo=undo.link)


@member_page
@require_POST
def hours_restore(request: Request, number: int) -> HttpResponse:
    """Undo of saving the weekly hours."""
    worker = _mine_to_edit(request, number)

    def act() -> str:
        was, seen = read_former(request, f"hours of {worker.pk}")
        actions.restore_hours(worker, was, seen=seen, actor=request.actor, now=timezone.now())
        return tr("The weekly hours are as before.")

    return taken_back(request, act, reverse("person", args=[worker.pk]))


def _hours_page(worker: Worker) -> FormPage:
    return FormPage(
        tr("Weekly hours of %(name)s", name=worker.name), tr("Save hours"), _back(worker),
        fields="people/_fields_hours.jinja", values={"worker": worker},
        action=reverse("person_hours", args=[worker.pk]),
    )  # fmt: skip


@member_page
@require_POST
def hours_copy(request: Request, number: int) -> HttpResponse:
    """The form again, with Monday's times on every weekday; nothing is stored."""
    worker = _mine_to_edit(request, number)
    _, spans = hours_values(queries.weekly_hours(worker.workspace_id, [worker.pk])[worker.pk])
    typed = request.POST.dict()
    for name in [name for name in typed if name.startswith("d0_")]:
        for day in range(1, 5):
            typed[f"d{day}_{name.removeprefix('d0_')}"] = typed[name]
    shown = _hours_page(worker)
    values = {"form": HoursForm(initial=typed, spans=spans), "shown": shown, **shown.values}
    return page(request, "people/form.jinja", values)


@member_page
def preferences(request: Request, number: int) -> HttpResponse:
    """What they like to do, and what they would rather not."""
    worker = _mine_to_edit(request, number)
    rows = queries.preferences(worker.workspace_id, [worker.pk])
    initial = {
        name: "\n".join(row["skill__name"] or row["label"] for row in rows if row["stance"] == stance)
        for name, stance in (("wants", 1), ("avoids", -1))
    }
    form = PreferencesForm(request.POST or None, initial=initial)
    undo = Former(request, reverse("person_preferences_restore", args=[worker.pk]), f"preferences of {worker.pk}")

    def act() -> str:
        entries = queries.skills(request.actor)
        index = {folded(name): skill for skill in entries for name in (*skill.synonyms, skill.name)}
        wants, avoids = form.wishes("wants", index), form.wishes("avoids", index)
        undo.was, undo.now = actions.set_preferences(
            worker, wants=wants, avoids=avoids, actor=request.actor, now=timezone.now()
        )
        return tr("The preferences were saved.")

    shown = FormPage(tr("Preferences of %(name)s", name=worker.name), tr("Save"), _back(worker))
    return answer(request, form, shown, act, undo=undo.link)


@member_page
@require_POST
def preferences_restore(request: Request, number: int) -> HttpResponse:
    """Undo of saving the preferences."""
    worker = _mine_to_edit(request, number)

    def act() -> str:
        was, seen = read_former(request, f"preferences of {worker.pk}")
        actions.restore_preferences(worker, was, seen=seen, actor=request.actor, now=timezone.now())
        return tr("The preferences are as before.")

    return taken_back(request, act, reverse("person", args=[worker.pk]))


@member_page
def time_off(request: Request, number: int) -> HttpResponse:
    """Ask for days away."""
    worker = _mine_to_edit(request, number)
    form = TimeOffForm(request.POST or None)

    def act() -> str:
        actions.request_time_off(worker, **form.cleaned_data, actor=request.actor, now=timezone.now())
        return tr("The request is with the managers. Days count as away once one of them approves.")

    intro = tr("Whole days, in the calendar of the person. It changes when work is planned, and never a rank or score.")
    return answer(
        request,
        form,
        FormPage(tr("Ask for time off"), tr_as("time off", "Send request"), _back(worker), intro=intro),
        act,
    )


@member_page
def away_today(request: Request, number: int) -> HttpResponse:
    """Report that somebody cannot work from today on."""
    worker = _mine_to_edit(request, number)
    now = timezone.now()
    form = AwayForm(request.POST or None, initial={"ends_on": now.astimezone(ZoneInfo(worker.time_zone)).date()})

    def act() -> str:
        actions.report_absence(worker, form.cleaned_data["ends_on"], actor=request.actor, now=timezone.now())
        return tr("It counts at once. Work that cannot wait is looked at, and a manager sees what is proposed.")

    intro = tr("From today on, without asking: you need not say why. It never changes a rank or a score.")
    return answer(request, form, FormPage(tr("Away from today"), tr("Report it"), _back(worker), intro=intro), act)


@member_page
@require_POST
def time_off_approve(request: Request, number: int, asked_number: int) -> HttpResponse:
    """Grant a request."""
    asked = queries.find_time_off(request.actor, number, asked_number)
    actions.approve_time_off(asked, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is away then. Their capacity is already lower.", name=asked.worker.name))
    return redirect("person", number=number)


@member_page
def time_off_decline(request: Request, number: int, asked_number: int) -> HttpResponse:
    """Say no, and why."""
    asked = queries.find_time_off(request.actor, number, asked_number)
    require(may_decide_time_off(request.actor, asked.worker), tr("Only a manager can decline time off."))
    form = DeclineForm(request.POST or None)

    def act() -> str:
        actions.decline_time_off(asked, form.cleaned_data["note"], actor=request.actor, now=timezone.now())
        return tr("The request of %(name)s was declined.", name=asked.worker.name)

    shown = FormPage(tr("Decline the request"), tr("Decline"), _back(asked.worker))
    address = reverse("time_off_reconsider", args=[number, asked.pk])
    undo = partial(undo_link, request, address, f"declined time off {asked.pk}", {})
    return answer(request, form, shown, act, undo=undo)


@member_page
@require_POST
def time_off_reconsider(request: Request, number: int, asked_number: int) -> HttpResponse:
    """Undo of saying no."""
    asked = queries.find_time_off(request.actor, number, asked_number)
    require(may_decide_time_off(request.actor, asked.worker), tr("Only a manager can take this back."))

    def act() -> str:
        read_was(request, f"declined time off {asked.pk}")
        actions.reconsider_time_off(asked, actor=request.actor, now=timezone.now())
        return tr("The request of %(name)s waits again.", name=asked.worker.name)

    return taken_back(request, act, reverse("person", args=[number]))


@member_page
@require_POST
def time_off_cancel(request: Request, number: int, asked_number: int) -> HttpResponse:
    """Take days away back."""
    asked = queries.find_time_off(request.actor, number, asked_number)
    was = actions.as_decided(asked)
    actions.cancel_time_off(asked, actor=request.actor, now=timezone.now())
    told = tr("The time off was taken back; these days count as working days again.")
    undo = undo_link(request, reverse("time_off_restore", args=[number, asked.pk]), f"time off {asked.pk}", was)
    messages.success(request, told, extra_tags=undo)
    return redirect("person", number=number)


@member_page
@require_POST
def time_off_restore(request: Request, number: int, asked_number: int) -> HttpResponse:
    """Undo of taking days away back."""
    _mine_to_edit(request, number)
    asked = queries.find_time_off(request.actor, number, asked_number)

    def act() -> str:
        was = read_was(request, f"time off {asked.pk}")
        actions.restore_time_off(asked, was, actor=request.actor, now=timezone.now())
        return tr("The time off stands again.")

    return taken_back(request, act, reverse("person", args=[number]))


@member_page
@require_POST
def deactivate(request: Request, number: int) -> HttpResponse:
    """Take somebody out of the directory."""
    worker = queries.find_worker(request.actor, number)
    actions.deactivate_worker(worker, actor=request.actor, now=timezone.now())
    undo = reverse("person_reactivate", args=[worker.pk])
    messages.success(
        request,
        tr("%(name)s gets no more work. Open tasks go back to the queue.", name=worker.name),
        extra_tags=undo,
    )
    return redirect("person", number=worker.pk)


@member_page
@require_POST
def reactivate(request: Request, number: int) -> HttpResponse:
    """Bring somebody back."""
    worker = queries.find_worker(request.actor, number)
    actions.reactivate_worker(worker, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is back.", name=worker.name))
    return redirect("person", number=worker.pk)


urls = [
    path("people/<int:number>/edit/", profile, name="person_edit"),
    path("people/<int:number>/skills/", skill_add, name="person_skill_add"),
    path("people/<int:number>/skills/<int:skill_number>/", skill_edit, name="person_skill"),
    path("people/<int:number>/skills/<int:skill_number>/confirm/", skill_confirm, name="person_skill_confirm"),
    path("people/<int:number>/skills/<int:skill_number>/remove/", skill_remove, name="person_skill_remove"),
    path("people/<int:number>/skills/<int:skill_number>/restore/", skill_restore, name="person_skill_restore"),
    path("people/<int:number>/hours/", hours, name="person_hours"),
    path("people/<int:number>/hours/copy/", hours_copy, name="person_hours_copy"),
    path("people/<int:number>/hours/restore/", hours_restore, name="person_hours_restore"),
    path("people/<int:number>/preferences/", preferences, name="person_preferences"),
    path("people/<int:number>/preferences/restore/", preferences_restore, name="person_preferences_restore"),
    path("people/<int:number>/time-off/", time_off, name="person_time_off"),
    path("people/<int:number>/away-today/", away_today, name="person_away_today"),
    path("people/<int:number>/time-off/<int:asked_number>/approve/", time_off_approve, name="time_off_approve"),
    path("people/<int:number>/time-off/<int:asked_number>/decline/", time_off_decline, name="time_off_decline"),
    path(
        "people/<int:number>/time-off/<int:asked_number>/reconsider/", time_off_reconsider, name="time_off_reconsider"
    ),
    path("people/<int:number>/time-off/<int:asked_number>/cancel/", time_off_cancel, name="time_off_cancel"),
    path("people/<int:number>/time-off/<int:asked_number>/restore/", time_off_restore, name="time_off_restore"),
    path("people/<int:number>/deactivate/", deactivate, name="person_deactivate"),
    path("people/<int:number>/reactivate/", reactivate, name="person_reactivate"),
]
