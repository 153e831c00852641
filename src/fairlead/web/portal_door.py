"""What anybody with the workspace's link gets: the branded page to sign in, the colour and the logo."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from fairlead import jobs
from fairlead.accounts import actions
from fairlead.accounts.brand import Brand, brand_in, door_digest, logo_of, public_brand
from fairlead.accounts.jobs import mail_sign_in_link
from fairlead.events.tenancy import tenant
from fairlead.lib.colour import oklch
from fairlead.lib.errors import Missing, TooMany
from fairlead.lib.speech import tr
from fairlead.notices.links import read_reminder_secret
from fairlead.web.access import client_address
from fairlead.web.blame import blame
from fairlead.web.render import page
from fairlead.web.session import ADDRESS_TRIES, MAILS, AddressForm
from fairlead.work import actions as work
from fairlead.work.models import Reviewer

LOGO_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a link mailed that leads into the portal. The answer is the same whether there is such an account or not."""
    brand = public_brand(door_digest(slug))
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect("/portal/")
        return _door(request, brand, AddressForm())
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _door(request, brand, form, status=422)
    email, now = form.cleaned_data["email"].lower(), timezone.now()
    try:
        actions.count_attempt(f"address:{client_address(request)}", now=now, limit=ADDRESS_TRIES)
        actions.count_attempt(f"mail:{email}", now=now, limit=MAILS)
    except TooMany as refusal:
        blame(form, refusal)
        return _door(request, brand, form, status=refusal.status)
    jobs.enqueue(mail_sign_in_link, workspace_id=brand.workspace_id, email=email)
    return _door(request, brand, form, sent=email)


def _door(request: HttpRequest, brand: Brand, form: AddressForm, *, sent: str = "", status: int = 200) -> HttpResponse:
    return page(request, "portal/door.jinja", {"brand": brand, "form": form, "sent": sent}, status=status)


@require_safe
def sheet(request: HttpRequest, digest: str, version: int) -> HttpResponse:  # noqa: ARG001  the version names the address
    """The workspace's colour as custom properties. In the dark theme it is lightened until it can be read there."""
    brand = public_brand(digest)
    _, chroma, hue = oklch(brand.accent)
    dark, soft = min(chroma, 0.19), min(chroma, 0.11)
    pressed = f"color-mix(in oklab, {brand.accent} 86%, black)"
    rules = {
        "--accent": f"light-dark({brand.accent}, oklch(56% {dark:.3f} {hue:.1f}))",
        "--accent-hover": f"light-dark({pressed}, oklch(52% {dark:.3f} {hue:.1f}))",
        "--link": f"light-dark({brand.accent}, oklch(80% {soft:.3f} {hue:.1f}))",
        "--focus": f"light-dark({brand.accent}, oklch(74% {soft:.3f} {hue:.1f}))",
    }
    text = ":root {\n" + "".join(f"  {name}: {value};\n" for name, value in rules.items()) + "}\n"
    return HttpResponse(text, content_type="text/css; charset=utf-8")


@require_safe
def logo(request: HttpRequest, digest: str, version: int) -> HttpResponse:  # noqa: ARG001  the version names the address
    """The picture, with the type that its bytes were found to have and no other."""
    brand = public_brand(digest)
    if brand.logo_type not in LOGO_TYPES:
        raise Missing(tr("There is no logo."))
    return HttpResponse(logo_of(brand), content_type=brand.logo_type)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request: HttpRequest, secret: str) -> HttpResponse:
    """The link in a reminder. Opening it changes nothing; a POST, from the page or a mail program, ends the reminders.

    A mail program has no session and sends no token of ours (RFC 8058): the signed secret says all that is needed.
    """
    workspace_id, reviewer_id = read_reminder_secret(secret)
    with tenant(workspace_id):
        reviewer = Reviewer.objects.select_related("handover__task", "user").filter(pk=reviewer_id).first()
        if reviewer is None:
            raise Missing(tr("This no longer waits for you, so there is nothing to stop."))
        if request.method == "POST":
            work.stop_reminders(reviewer, now=timezone.now())
        values = {
            "brand": brand_in(workspace_id), "title": reviewer.handover.task.title, "address": reviewer.user.email,
            "done": request.method == "POST",
        }  # fmt: skip
        return page(request, "portal/stop.jinja", values)


urls = [
    path("portal/reminders/<str:secret>/", stop_reminders, name="portal-stop"),
    path("portal/sign-in/<slug:slug>/", sign_in, name="portal-sign-in"),
    path("portal/brand/<str:digest>/<int:version>/sheet/", sheet, name="portal-sheet"),
    path("portal/brand/<str:digest>/<int:version>/logo/", logo, name="portal-logo"),
]
