"""Settings: how one signs in. Setting up an authenticator app, recovery codes."""

from __future__ import annotations

from urllib.parse import quote

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from fairlead.accounts import actions
from fairlead.accounts.actions.factors import APP
from fairlead.accounts.models import User
from fairlead.accounts.queries import factors, own_ways
from fairlead.accounts.totp import totp_address
from fairlead.lib.errors import Refused
from fairlead.lib.speech import tr
from fairlead.web.access import Request, account_page, member_page
from fairlead.web.blame import blame
from fairlead.web.entering import tell_change
from fairlead.web.render import page
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.step_up import CodeForm, fresh_page


@member_page
@require_safe
def sign_in(request: Request) -> HttpResponse:
    """Everything that proves whose account this is."""
    values = {
        **factors(request.user),
        "has_password": request.user.has_usable_password(),
        "confined": bool(request.session.get("only")),
        "ways": own_ways(request.actor),
    }
    return settings_page(request, "settings/sign_in.jinja", values)


@account_page
@fresh_page
@require_POST
def new_app(request: HttpRequest) -> HttpResponse:
    """Begin with an authenticator app."""
    actions.begin_totp(_user(request), now=timezone.now())
    return redirect("settings-app")


@account_page
@fresh_page
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """The QR code, and the first code of the app that turns it on."""
    user, now = _user(request), timezone.now()
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.fields["code"].help_text = tr("The six digits that the app shows now.")
    if request.method != "POST":
        return _app_page(request, user, form)
    if form.is_valid():
        try:
            actions.count_attempt(f"app:{user.pk}", now=now)
            codes = actions.confirm_totp(user, form.cleaned_data["code"], now=now)
        except Refused as refusal:
            blame(form, refusal)
        else:
            request.session["factor"] = APP
            tell_change(user, tr("Your account has a new %(app)s", app=APP))
            return show_codes(request, codes, tr("Your app is on"))
    return _app_page(request, user, form, status=422)


def _app_page(request: HttpRequest, user: User, form: CodeForm, *, status: int = 200) -> HttpResponse:
    secret = actions.totp_secret(user)
    drawn = segno.make(totp_address(secret, user.email, issuer="Fairlead"), error="m")
    qr = drawn.svg_inline(light="#fff", border=3, omitsize=True, svgclass="qr-code", lineclass=None, title="QR code")
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    return page(request, "accounts/app.jinja", {"qr": Markup(qr), "secret": spaced, "form": form}, status=status)  # noqa: S704  drawn by us from letters of base 32


@account_page
@fresh_page
@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take the authenticator app away."""
    user = _user(request)
    actions.remove_totp(user, now=timezone.now())
    lost_factor(request, user, APP)
    return redirect("settings-sign-in")


def lost_factor(request: HttpRequest, user: User, factor: str) -> None:
    """After a factor was removed: without any, this session has none either."""
    tell_change(user, tr("Your account no longer has its %(factor)s", factor=factor))
    have = factors(user)
    if not have["app"] and not have["passkeys"]:
        request.session["factor"] = ""
        messages.warning(request, "Your account has no second factor any more.")
    else:
        messages.success(request, tr("The %(factor)s is removed.", factor=factor))


@account_page
@fresh_page
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ten recovery codes in the place of the old ones."""
    user = _user(request)
    codes = actions.new_recovery_codes(user, now=timezone.now())
    tell_change(user, tr("Your account has new recovery codes"))
    return show_codes(request, codes, tr("New recovery codes"))


def show_codes(
    request: HttpRequest, codes: list[str], what: str, *, target: str = "/settings/sign-in/"
) -> HttpResponse:
    """The page that shows recovery codes once; straight on when there are none to show."""
    if not codes:
        messages.success(request, f"{what}.")
        return redirect(target)
    text = "Recovery codes for Fairlead, each works once:\n\n" + "\n".join(codes) + "\n"
    values = {"codes": codes, "what": what, "file": f"data:text/plain;charset=utf-8,{quote(text)}", "next": target}
    return page(request, "accounts/codes.jinja", values)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


urls = [
    path("settings/sign-in/", sign_in, name="settings-sign-in"),
    path("settings/sign-in/app/new/", new_app, name="settings-app-new"),
    path("settings/sign-in/app/", app, name="settings-app"),
    path("settings/sign-in/app/remove/", remove_app, name="settings-app-remove"),
    path("settings/sign-in/codes/", new_codes, name="settings-codes"),
]
