"""Coming in: a new account with a workspace, an invitation, or a first workspace for somebody who has none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fairlead import jobs
from fairlead.accounts import actions
from fairlead.accounts.brand import brand_of
from fairlead.accounts.choices import time_zones
from fairlead.accounts.jobs import NO_WORKSPACE, mail_welcome
from fairlead.accounts.models import Invitation, Membership, Role, User
from fairlead.accounts.queries import actor_of
from fairlead.config import config
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import current, later
from fairlead.web import example
from fairlead.web.access import ONLY_ONE, account_page, client_address, posted
from fairlead.web.blame import blame
from fairlead.web.entering import let_in
from fairlead.web.render import page
from fairlead.web.session import ADDRESS_TRIES

CLOSED = later("This server makes accounts by invitation only. Ask a member of your team to invite you.")


class AccountForm(forms.Form):
    """A new person. The time zone is filled in by a script; without one it stays empty and UTC is taken."""

    name = forms.CharField(
        label=later("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.CharField(
        label=later("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=later("Password"),
        strip=False,
        max_length=4096,
        help_text=later("At least 8 characters. A few words that only you would put together are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))

    def clean_time_zone(self) -> str:
        """What the browser says, if it is a zone that we know."""
        zone = str(self.cleaned_data["time_zone"])
        return zone if zone in time_zones() else "UTC"


class SignUpForm(AccountForm):
    """A new person with a workspace."""

    workspace = forms.CharField(
        label=later("Workspace"), max_length=80, help_text=later("The name of your team or company."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    example = forms.BooleanField(
        label=later("Start with an example project"), required=False, initial=True,
        help_text=later("Three people and seven tasks to look around in; you can archive it at any time."),
    )  # fmt: skip
    field_order = ("name", "email", "password", "workspace", "example", "time_zone")


class WorkspaceForm(forms.Form):
    """A further workspace."""

    workspace = SignUpForm.base_fields["workspace"]
    example = SignUpForm.base_fields["example"]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Name, address, password, workspace: then straight to a working board."""
    require(config().open_sign_up, CLOSED)
    if request.user.is_authenticated:
        return redirect("/")
    form = SignUpForm(request.POST or None)
    if request.method != "POST":
        return page(request, "accounts/sign_up.jinja", {"form": form})
    if form.is_valid():
        try:
            return _open_account(request, form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
    return page(request, "accounts/sign_up.jinja", {"form": form}, status=422)


def _open_account(request: HttpRequest, typed: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    actions.count_attempt(f"sign-up:{client_address(request)}", now=now, limit=ADDRESS_TRIES)
    account = {name: typed[name] for name in ("email", "name", "password", "workspace", "time_zone")}
    member = actions.sign_up(**account, now=now, language=current())
    jobs.enqueue(mail_welcome, workspace_id=NO_WORKSPACE, email=member.user.email)
    return _begin(request, member, with_example=typed["example"])


def _begin(request: HttpRequest, member: Membership, *, with_example: bool) -> HttpResponse:
    """Into the new workspace: to the example's board, or to where the first project is made."""
    target = "/projects/new/"
    if with_example:
        with tenant(member.workspace_id):
            target = f"/projects/{example.create(actor=actor_of(member), now=timezone.now())}/"
    if request.user == member.user:
        request.session["workspace"] = member.workspace_id
        return redirect(target)
    return let_in(request, member.user, "password", target=target)


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """A workspace for somebody who has none, or one more."""
    form = WorkspaceForm(request.POST or None)
    if request.method != "POST":
        return _welcome_page(request, form)
    require(config().open_sign_up, CLOSED)
    if form.is_valid():
        user: User = request.user  # type: ignore[assignment]
        typed, now = form.cleaned_data, timezone.now()
        try:
            actions.count_attempt(f"sign-up:{client_address(request)}", now=now, limit=ADDRESS_TRIES)
            member = actions.create_workspace(
                typed["workspace"], user=user, now=now, time_zone=user.time_zone, language=current()
            )
        except Refused as refusal:
            blame(form, refusal)
        else:
            return _begin(request, member, with_example=typed["example"])
    return _welcome_page(request, form, status=422)


def _welcome_page(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    return page(request, "accounts/welcome.jinja", {"form": form, "open": config().open_sign_up}, status=status)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """An invitation: look at it, then accept it, with an account that exists or a new one."""
    now = timezone.now()
    invitation = actions.find_invitation(secret, now=now)
    if request.method != "POST":
        return _join_page(request, invitation, None)
    if request.user.is_authenticated:
        require(not request.session.get("only"), ONLY_ONE)
        member = actions.accept_invitation(secret, user=request.user, now=now)
        request.session["workspace"] = member.workspace_id
        return redirect("/")
    if User.objects.filter(email=invitation.email).exists():
        return redirect(f"/sign-in/?next=/join/{secret}/")
    if invitation.role == Role.CLIENT:
        return _join_as_client(request, secret, invitation)
    form = AccountForm({**request.POST.dict(), "email": invitation.email})
    if form.is_valid():
        try:
            return _join_with_new_account(request, secret, form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
    return _join_page(request, invitation, form, status=422)


def _join_as_client(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    """One press: no password, and straight into the portal."""
    zone, now = request.POST.get("time_zone", ""), timezone.now()
    name = posted(request, "name").strip() or actions.name_in(invitation.email)
    zone = zone if zone in time_zones() else "UTC"
    return _enter(request, actions.join_as_client(secret, name=name, now=now, time_zone=zone, language=current()))


def _join_page(
    request: HttpRequest, invitation: Invitation, form: AccountForm | None, *, status: int = 200
) -> HttpResponse:
    with tenant(invitation.workspace_id):
        workspace, by = invitation.workspace.name, invitation.invited_by.name
        brand = brand_of(invitation.workspace)
    client = invitation.role == Role.CLIENT
    values = {
        "client": client,
        "brand": brand if client else None,
        "suggested": actions.name_in(invitation.email),
        "form": form or AccountForm(initial={"email": invitation.email}),
        "invited_to": workspace,
        "by": by,
        "role": Role(invitation.role).label,
        "email": invitation.email,
        "known": User.objects.filter(email=invitation.email).exists(),
    }
    return page(request, "accounts/join.jinja", values, status=status)


def _join_with_new_account(request: HttpRequest, secret: str, typed: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    account = {name: typed[name] for name in ("name", "password", "time_zone")}
    member = actions.join_with_new_account(secret, **account, now=now, language=current())
    return _enter(request, member)


def _enter(request: HttpRequest, member: Membership) -> HttpResponse:
    request.session["workspace"] = member.workspace_id
    return let_in(request, member.user, "invitation")


urls = [
    path("sign-up/", sign_up, name="sign-up"),
    path("welcome/", welcome, name="welcome"),
    path("join/<str:secret>/", join, name="join"),
]
