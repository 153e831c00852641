"""Who is asking: the typed request, the guard that every page behind sign-in carries, and where one may be sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from fairlead.accounts.models import Membership, Role, User, Workspace
from fairlead.config import config
from fairlead.events.actor import Actor
from fairlead.lib.addresses import client_ip, customer
from fairlead.lib.errors import Forbidden
from fairlead.lib.speech import later


class Request(HttpRequest):
    """What a view behind `member_page` gets: a signed-in user as a member of one workspace."""

    user: User
    workspace: Workspace
    member: Membership
    actor: Actor
    htmx: HtmxDetails


View = Callable[..., HttpResponseBase]


def member_page(view: View) -> View:
    """Let members of a workspace in; ask others to sign in, and bring them back here afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if getattr(request, "actor", None) is None:
            return redirect(getattr(request, "barrier", "") or "/welcome/")
        return view(request, *args, **kwargs)

    return guarded


def to_portal(request: Request, target: str = "/portal/") -> HttpResponse | None:
    """Where a client is sent who opens a page of the team; None for everybody else. Clients read the portal only."""
    return redirect(target) if request.actor.role == Role.CLIENT else None


def posted(request: HttpRequest, name: str) -> str:
    """A field of the form as text that can be stored; empty when it was not sent."""
    return request.POST.get(name, "").replace("\x00", "")


def posted_rating(request: HttpRequest) -> int:
    """From 1 to 5, as the stars of a form send it; 0 for anything else."""
    text = posted(request, "rating")
    return int(text) if text in ("1", "2", "3", "4", "5") else 0


def sent(request: HttpRequest, name: str) -> str:
    """A field of the form, or of the address where the way back of a message asks for it again."""
    return posted(request, name) or request.GET.get(name, "").replace("\x00", "")


def user_page(view: View) -> View:
    """Let everybody in who is signed in, also without a workspace."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else _to_sign_in(request)

    return guarded


ONLY_ONE = later(
    "You came in through single sign-on, which opens one workspace only. Sign in with your password, a passkey or a"
    " mailed link to do this."
)


def account_page(view: View) -> View:
    """Like `user_page`, but not for who came through a workspace's single sign-on: its admins own that way in, and
    the account belongs to the person."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated and request.session.get("only"):
            raise Forbidden(ONLY_ONE)
        return user_page(view)(request, *args, **kwargs)

    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect("/sign-in/?" + urlencode({"next": back}) if back != "/" else "/sign-in/")


def safe_next(target: str | None) -> str:
    """`target` when it is a path on this server, else the start page: nobody is sent elsewhere by a crafted link."""
    if not target or not target.startswith("/") or not target.isprintable() or "\\" in target:
        return "/"
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/"


def client_address(request: HttpRequest) -> str:
    """The address that the request came from. What X-Forwarded-For says counts only behind trusted proxies."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    remote = str(request.META.get("REMOTE_ADDR") or "")
    return customer(client_ip(remote, forwarded, trusted=config().trusted_proxies))
