"""Settings: who is in the workspace, in which role, and who is invited."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.accounts import actions, queries
from fairlead.accounts.models import Role
from fairlead.accounts.permissions import ROLES, may_grant, may_manage_members, may_see_members
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.step_up import fresh_page, fresh_post
from fairlead.web.undoing import taken_back

SHOWN: Final = 100
"""Members on one page."""


class InviteForm(forms.Form):
    """An address and what its owner is to be."""

    email = forms.CharField(
        label=later("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"placeholder": "name@example.com"})
    )
    role = forms.ChoiceField(label=later("Role"), initial=Role.CONTRIBUTOR)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _roles(actor)  # type: ignore[attr-defined]


def _roles(actor: Actor) -> list[tuple[str, str]]:
    """The roles that the actor may give."""
    return [(role.value, role.label) for role in Role if may_grant(actor, role)]


@member_page
@require_safe
def members(request: Request) -> HttpResponse:
    """Everybody in the workspace and the open invitations."""
    return _members_page(request)


def _members_page(
    request: Request, form: InviteForm | None = None, *, new_link: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    require(may_see_members(actor), tr("Only managers and auditors can see who is a member."))
    manages = may_manage_members(actor)
    text, asked = request.GET.get("q", "").replace("\0", "")[:80], request.GET.get("from", "")
    start = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 12 else 0
    rows, first, total = queries.members_page(actor, text, start=start, size=SHOWN)
    people = [
        {
            **m,
            "can_change": may_grant(actor, m["role"]),
            "is_me": m["user_id"] == actor.user_id,
            "role_name": Role(m["role"]).label,
        }
        for m in rows
    ]
    invited = [{**i, "role_name": Role(i["role"]).label} for i in queries.invitations(actor)] if manages else []
    values = {
        "people": people,
        "text": text,
        "first": first,
        "total": total,
        "before": _address(text, first - SHOWN) if first else None,
        "after": _address(text, first + SHOWN) if first + SHOWN < total else None,
        "searched": bool(text) or total > SHOWN,
        "invited": invited,
        "manages": manages,
        "roles": _roles(actor),
        "about_roles": [(role.label, ROLES[role]) for role in Role],
        "form": form or InviteForm(actor=actor),
        "new_link": new_link,
    }
    return settings_page(request, "settings/members.jinja", values, status=status)


def _address(text: str, start: int) -> str:
    return f"{reverse('settings-members')}?{urlencode({'q': text, 'from': start})}"


@member_page
@fresh_page
@require_POST
def invite(request: Request) -> HttpResponse:
    """Invite an address by mail, and show the link once for sending it in another way."""
    require(may_manage_members(request.actor), tr("Only an owner or admin can invite people."))
    form = InviteForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            invitation, secret = actions.invite(**form.cleaned_data, actor=request.actor, now=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return _members_page(request, new_link=_link(invitation.email, secret))
    return _members_page(request, form, status=422)


def _link(email: str, secret: str) -> dict[str, str]:
    return {"email": email, "url": f"{settings.BASE_URL}{reverse('join', args=[secret])}"}


@member_page
@require_POST
def resend(request: Request, invitation_id: int) -> HttpResponse:
    """Mail an invitation again, with a fresh link."""
    invitation, secret = actions.resend_invitation(invitation_id, actor=request.actor, now=timezone.now())
    return _members_page(request, new_link=_link(invitation.email, secret))


@member_page
@require_POST
def withdraw(request: Request, invitation_id: int) -> HttpResponse:
    """Make an invitation worthless."""
    actions.withdraw_invitation(invitation_id, actor=request.actor, now=timezone.now())
    undo = reverse("settings-invitation-restore", args=[invitation_id])
    messages.success(request, tr("The invitation is withdrawn; its link no longer works."), extra_tags=undo)
    return redirect("settings-members")


@member_page
@require_POST
def reopen(request: Request, invitation_id: int) -> HttpResponse:
    """Take the withdrawal of an invitation back."""

    def act() -> str:
        found = actions.restore_invitation(invitation_id, actor=request.actor, now=timezone.now())
        return tr("The invitation of %(email)s is open again, with the same link.", email=found.email)

    return taken_back(request, act, "settings-members")


@member_page
@fresh_page
@require_POST
def role(request: Request, membership_id: int) -> HttpResponse:
    """Give a member another role. It may stand in the address, so that an undo can name it."""
    wanted = request.POST.get("role") or request.GET.get("role", "")
    try:
        before = actions.change_role(membership_id, wanted, actor=request.actor, now=timezone.now())
    except Missing:
        raise
    except Refused as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.detail)
    else:
        own = request.member.pk == membership_id  # who gave a right away cannot take it back
        undo = "" if own or before == wanted else f"{request.path}?{urlencode({'role': before})}"
        messages.success(request, tr("The role is %(label)s now.", label=Role(wanted).label), extra_tags=undo)
    return redirect("settings-members")


@member_page
@fresh_post
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, membership_id: int) -> HttpResponse:
    """Take a member out, after a page that says what this means; the message afterwards can take it back."""
    require(may_manage_members(request.actor), tr("Only an owner or admin can remove members."))
    person = next((m for m in queries.members(request.actor) if m["id"] == membership_id), None)
    if person is None:
        raise Missing(tr("There is no such member."))
    if request.method != "POST":
        return settings_page(request, "settings/remove.jinja", {"person": person})
    actions.remove_member(membership_id, actor=request.actor, now=timezone.now())
    undo = reverse("settings-member-restore", args=[membership_id])
    messages.success(request, tr("%(value)s is no longer a member.", value=person["name"]), extra_tags=undo)
    return redirect("settings-members")


@member_page
@fresh_page
@require_POST
def restore(request: Request, membership_id: int) -> HttpResponse:
    """Take a removal back."""
    actions.restore_member(membership_id, actor=request.actor, now=timezone.now())
    messages.success(request, tr("They are a member again. Their API tokens stay revoked."))
    return redirect("settings-members")


urls = [
    path("settings/members/", members, name="settings-members"),
    path("settings/members/invite/", invite, name="settings-invite"),
    path("settings/members/<int:membership_id>/role/", role, name="settings-member-role"),
    path("settings/members/<int:membership_id>/remove/", remove, name="settings-member-remove"),
    path("settings/members/<int:membership_id>/restore/", restore, name="settings-member-restore"),
    path("settings/invitations/<int:invitation_id>/resend/", resend, name="settings-invitation-resend"),
    path("settings/invitations/<int:invitation_id>/withdraw/", withdraw, name="settings-invitation-withdraw"),
    path("settings/invitations/<int:invitation_id>/restore/", reopen, name="settings-invitation-restore"),
]
