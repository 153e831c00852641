"""Calendars of somebody: those that say when they are busy, and the one with their own work for other programs."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fairlead.accounts.languages import language_of
from fairlead.allocation.queries import work_entries
from fairlead.config import config
from fairlead.integrations.kinds.ics.inbound import check_address
from fairlead.lib.errors import Forbidden, Invalid, Missing, Refused, require
from fairlead.lib.ics import MOST_BYTES
from fairlead.lib.ics_out import write
from fairlead.lib.speech import later, speaking, tr, tr_count
from fairlead.people import actions, queries
from fairlead.people.models import Worker
from fairlead.people.permissions import is_own, may_connect_calendar, may_see_calendars
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.filters import written
from fairlead.web.render import page
from fairlead.web.undoing import read_was, taken_back, undo_link

ONLY_OWNER: Final = later("Only the person themselves, and managers, can see which calendars are read.")
TITLES: Final = later("Keep titles, for my own eyes")


class AddressForm(forms.Form):
    """A calendar at a secret address."""

    name = forms.CharField(
        label=later("Name"), max_length=80, widget=forms.TextInput(attrs={"placeholder": later("Work calendar")})
    )
    address = forms.CharField(
        label=later("Secret address (iCal)"), max_length=1000,
        widget=forms.TextInput(attrs={"placeholder": "https://…/basic.ics", "inputmode": "url", "autocomplete": "off"}),
        help_text=later(
            "Google: Settings, the calendar, Secret address in iCal format. Outlook: Shared calendars, Publish,"
            " ICS. Nextcloud: Share link, Copy subscription link."
        ),
    )  # fmt: skip
    keeps_titles = forms.BooleanField(label=TITLES, required=False)


class FileForm(forms.Form):
    """A calendar as a file."""

    name = forms.CharField(
        label=later("Name"), max_length=80, widget=forms.TextInput(attrs={"placeholder": later("Holiday calendar")})
    )
    file = forms.FileField(label=later("File (.ics)"), widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}))
    keeps_titles = forms.BooleanField(label=TITLES, required=False)


def _worker(request: Request, number: int) -> Worker:
    worker = queries.find_worker(request.actor, number)
    require(may_see_calendars(request.actor, worker), ONLY_OWNER)
    return worker


def _mine(request: Request, number: int) -> Worker:
    worker = _worker(request, number)
    require(may_connect_calendar(request.actor, worker), actions.calendars.ONLY_OWNER)
    return worker


@member_page
@require_safe
def index(request: Request, number: int) -> HttpResponse:
    """What is read, whether it works, what is busy in the next two weeks, and the own feed."""
    return _page(request, _worker(request, number))


def _page(
    request: Request, worker: Worker, *, link: forms.Form | None = None, upload: forms.Form | None = None,
    secret: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    now, actor = timezone.now(), request.actor
    values: dict[str, Any] = {
        "worker": worker, "own": is_own(actor, worker), "connects": may_connect_calendar(actor, worker),
        "rows": queries.calendar_rows(actor, worker, now=now),
        "days": _by_days(queries.coming_blocks(actor, worker, now=now), request.user.time_zone),
        "link": link or AddressForm(auto_id="link_%s"), "upload": upload or FileForm(auto_id="file_%s"),
        "feed": queries.feed_of(actor, worker), "now": now,
        "feed_address": f"{config().base_url}/calendar/{secret}/work.ics" if secret else "",
    }  # fmt: skip
    return page(request, "people/calendars.jinja", values, status=status)


def _by_days(blocks: list[dict[str, Any]], zone: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(day, [(from–to, title)])] on the reader's clock; whatever lasts longer also names the day on which it ends."""
    found: dict[str, list[tuple[str, str]]] = {}
    for block in blocks:
        low, high = (block[name].astimezone(ZoneInfo(zone)) for name in ("starts_at", "ends_at"))
        end = f"{high:%H:%M}" if high.date() == low.date() else f"{written(high, 'weekday_day')} {high:%H:%M}"
        found.setdefault(written(low, "weekday_day"), []).append((f"{low:%H:%M}–{end}", block["title"] or tr("Busy")))
    return list(found.items())


@member_page
@require_POST
def connect(request: Request, number: int) -> HttpResponse:
    """Read the calendar at an address from now on."""
    worker, form = _mine(request, number), AddressForm(request.POST, auto_id="link_%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            address = check_address(given["address"])
            actions.connect_calendar(worker, given["name"], address, keeps_titles=given["keeps_titles"],
                                     actor=request.actor, now=timezone.now())  # fmt: skip
        except (Forbidden, Missing):
            raise
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, tr("%(name)s is connected. It is read for the first time right now.", name=given["name"])
            )
            return redirect("person_calendars", number=worker.pk)
    return _page(request, worker, link=form, status=422)


@member_page
@require_POST
def upload(request: Request, number: int) -> HttpResponse:
    """Take the busy times of a file."""
    worker = _mine(request, number)
    form = FileForm(request.POST, request.FILES, auto_id="file_%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            if given["file"].size > MOST_BYTES:
                raise Invalid({"file": tr("At most %(most)s MB. Export fewer months of it.", most=MOST_BYTES // 2**20)})
            made = actions.upload_calendar(worker, given["name"], given["file"].read(), actor=request.actor,
                                           keeps_titles=given["keeps_titles"], now=timezone.now())  # fmt: skip
        except (Forbidden, Missing):
            raise
        except Refused as refusal:
            blame(form, refusal)
        else:
            told = tr_count(
                "%(name)s was read: %(n)s busy times in the next 13 weeks.",
                "%(name)s was read: %(n)s busy times in the next 13 weeks.", made.blocks.count(), name=made.name,
            )  # fmt: skip
            messages.success(request, told)
            return redirect("person_calendars", number=worker.pk)
    return _page(request, worker, upload=form, status=422)


@member_page
@require_POST
def refresh(request: Request, number: int, calendar_number: int) -> HttpResponse:
    """Read it now."""
    calendar = queries.find_calendar(request.actor, _worker(request, number), calendar_number)
    actions.ask_refresh(calendar, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is being read.", name=calendar.name))
    return redirect("person_calendars", number=number)


@member_page
@require_POST
def titles(request: Request, number: int, calendar_number: int) -> HttpResponse:
    """Keep what entries are called, or only that somebody is busy."""
    calendar = queries.find_calendar(request.actor, _worker(request, number), calendar_number)
    keeps = request.POST.get("keeps_titles") == "1"
    actions.change_calendar(calendar, calendar.name, keeps_titles=keeps, actor=request.actor, now=timezone.now())
    told = tr("Titles are kept from now on, for your own eyes.") if keeps else tr("Only that you are busy is kept now.")
    messages.success(request, told)
    return redirect("person_calendars", number=number)


@member_page
@require_POST
def remove(request: Request, number: int, calendar_number: int) -> HttpResponse:
    """Forget a calendar."""
    calendar = queries.find_calendar(request.actor, _worker(request, number), calendar_number)
    kept = actions.remove_calendar(calendar, actor=request.actor, now=timezone.now())
    told = tr("%(name)s was removed, with every busy time that came from it.", name=calendar.name)
    undo = undo_link(request, reverse("calendar_restore", args=[number]), f"calendar of {number}", {"kept": kept})
    messages.success(request, told, extra_tags=undo)
    return redirect("person_calendars", number=number)


@member_page
@require_POST
def restore(request: Request, number: int) -> HttpResponse:
    """Undo of a removal."""
    worker = _mine(request, number)

    def act() -> str:
        kept = read_was(request, f"calendar of {worker.pk}")["kept"]
        calendar = actions.restore_calendar(worker, kept, actor=request.actor, now=timezone.now())
        return tr("%(name)s is back, with its busy times.", name=calendar.name)

    return taken_back(request, act, reverse("person_calendars", args=[worker.pk]))


@member_page
@require_POST
def feed_open(request: Request, number: int) -> HttpResponse:
    """A new secret address of the own work; an older one stops working. Shown once."""
    worker = _mine(request, number)
    shows = request.POST.get("shows_titles") == "1"
    secret = actions.open_feed(worker, shows_titles=shows, actor=request.actor, now=timezone.now())
    return _page(request, worker, secret=secret)


@member_page
@require_POST
def feed_close(request: Request, number: int) -> HttpResponse:
    """Nobody can read it any more."""
    kept = actions.close_feed(_mine(request, number), actor=request.actor, now=timezone.now())
    undo = undo_link(request, reverse("feed_restore", args=[number]), f"feed of {number}", {"kept": kept})
    messages.success(request, tr("The address no longer works."), extra_tags=undo)
    return redirect("person_calendars", number=number)


@member_page
@require_POST
def feed_restore(request: Request, number: int) -> HttpResponse:
    """Undo of taking the address back."""
    worker = _mine(request, number)

    def act() -> str:
        kept = read_was(request, f"feed of {worker.pk}")["kept"]
        actions.restore_feed(worker, kept, actor=request.actor, now=timezone.now())
        return tr("The address works again.")

    return taken_back(request, act, reverse("person_calendars", args=[worker.pk]))


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:  # noqa: ARG001  the secret says who asks
    """The own work for another program, which proves itself with the secret in the address.

    It is written in the language of whose work it is, whatever the program asks for.
    """
    found = queries.feed_behind(secret) if len(secret) < 80 and secret.isascii() else None
    if found is None:
        raise Missing(tr("There is no calendar at this address; it may have been taken back."))
    now = timezone.now()
    worker, address = found.worker, config().base_url
    with speaking(language_of(worker.user, worker.workspace)) as spoken:
        entries = work_entries(worker, titles=found.shows_titles, address=address, now=now)
        body = write(tr("%(name)s: work", name=worker.name), entries, language=spoken, now=now)
    actions.note_feed_read(found, now=now)
    response = HttpResponse(body, content_type="text/calendar")
    response.headers["Content-Language"] = spoken
    response.headers["Content-Disposition"] = 'inline; filename="work.ics"'
    return response


urls = [
    path("people/<int:number>/calendars/", index, name="person_calendars"),
    path("people/<int:number>/calendars/connect/", connect, name="calendar_connect"),
    path("people/<int:number>/calendars/upload/", upload, name="calendar_upload"),
    path("people/<int:number>/calendars/restore/", restore, name="calendar_restore"),
    path("people/<int:number>/calendars/<int:calendar_number>/refresh/", refresh, name="calendar_refresh"),
    path("people/<int:number>/calendars/<int:calendar_number>/titles/", titles, name="calendar_titles"),
    path("people/<int:number>/calendars/<int:calendar_number>/remove/", remove, name="calendar_remove"),
    path("people/<int:number>/calendars/feed/", feed_open, name="feed_open"),
    path("people/<int:number>/calendars/feed/close/", feed_close, name="feed_close"),
    path("people/<int:number>/calendars/feed/restore/", feed_restore, name="feed_restore"),
    path("calendar/<str:secret>/work.ics", feed, name="feed"),
]
