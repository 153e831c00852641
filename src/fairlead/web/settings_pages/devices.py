"""Settings: the devices that take notifications while no page is open."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fairlead import jobs
from fairlead.accounts.devices import device_name
from fairlead.lib.secrets import digest
from fairlead.lib.speech import mark, tr
from fairlead.notices import actions, pushing, queries
from fairlead.notices.actions.devices import KEPT
from fairlead.notices.push_jobs import try_device
from fairlead.web.access import Request, member_page, posted
from fairlead.web.undoing import read_was, taken_back, undo_link


def session_here(request: Request) -> str:
    """The digest of the session that asks: a device is told as long as it is signed in."""
    return digest(request.session.session_key or "")


@member_page
@require_safe
def key(request: Request) -> HttpResponse:  # noqa: ARG001  the same for everybody who is signed in
    """By which a browser knows this server's pushes."""
    return HttpResponse(pushing.public_key(), content_type="text/plain")


@member_page
@require_POST
def add(request: Request) -> HttpResponse:
    """A browser has agreed to take pushes; it says so again now and then."""
    given = actions.Subscription(*(posted(request, name) for name in ("endpoint", "p256dh", "auth")))
    name = device_name(request.headers.get("User-Agent", ""))
    actions.add_device(given, name, session_here(request), actor=request.actor, now=timezone.now())
    return HttpResponse(status=204)


def _say(request: Request, number: int, action: Callable[..., None], words: str) -> HttpResponse:
    """`words` is marked for translation and names the device."""
    device = queries.find_device(request.actor, number)
    action(device, actor=request.actor)
    messages.success(request, tr(words, device=device.name))
    return _back()


@member_page
@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """No more pushes there. Whoever removes the browser that they use switches it on again there: it has let go of its
    address at the push service by itself."""
    device = queries.find_device(request.actor, number)
    kept = actions.remove_device(device, actor=request.actor, now=timezone.now())
    elsewhere = device.session != session_here(request)
    undo = undo_link(request, reverse("settings-device-restore"), KEPT, {"kept": kept}) if elsewhere else ""
    messages.success(request, tr("%(device)s gets no more notifications.", device=device.name), extra_tags=undo)
    return _back()


@member_page
@require_POST
def restore(request: Request) -> HttpResponse:
    """Undo of a removal."""

    def act() -> str:
        device = actions.restore_device(read_was(request, KEPT)["kept"], actor=request.actor, now=timezone.now())
        return tr("%(device)s gets your notifications again.", device=device.name)

    return taken_back(request, act, _place())


@member_page
@require_POST
def attempt(request: Request, number: int) -> HttpResponse:
    """Show how news will look there."""
    device = queries.find_device(request.actor, number)
    jobs.enqueue(try_device, workspace_id=request.actor.workspace_id, device_id=device.pk)
    said = tr("A test is on its way to %(device)s. It should be there in a few seconds.", device=device.name)
    messages.success(request, said)
    return _back()


@member_page
@require_POST
def discreet(request: Request, number: int) -> HttpResponse:
    """From now on it shows what kind of news there is, and nothing else."""
    said = mark("%(device)s shows the kind of news only, not what it is about.")
    return _say(request, number, actions.be_discreet, said)


@member_page
@require_POST
def openly(request: Request, number: int) -> HttpResponse:
    """From now on it shows what happened."""
    return _say(request, number, actions.be_open, mark("%(device)s shows what it is about."))


def _back() -> HttpResponse:
    return redirect(_place())


def _place() -> str:
    return reverse("settings-notifications") + "#devices"


urls = [
    path("settings/devices/", add, name="settings-devices"),
    path("settings/devices/key/", key, name="settings-devices-key"),
    path("settings/devices/restore/", restore, name="settings-device-restore"),
    path("settings/devices/<int:number>/remove/", remove, name="settings-device-remove"),
    path("settings/devices/<int:number>/try/", attempt, name="settings-device-try"),
    path("settings/devices/<int:number>/discreet/", discreet, name="settings-device-discreet"),
    path("settings/devices/<int:number>/open/", openly, name="settings-device-open"),
]
