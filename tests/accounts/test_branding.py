"""What clients see of a workspace: who may change it, which colours and pictures are refused, and who reads it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.brand import brand_of, door_digest, public_brand
from fairlead.accounts.jobs import mail_sign_in_link
from fairlead.accounts.models import Branding, User
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant
from fairlead.lib.colour import AA, PAPER, contrast, from_oklch, nearest_readable, oklch
from fairlead.lib.errors import Forbidden, Invalid, Missing

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.mark.parametrize("colour", ["#ffcc00", "#ff9900", "#00ff00", "#ffffff", "#7f7f7f", "#4455d6", "#000000"])
def test_the_nearest_readable_colour_is_readable_and_of_the_same_hue(colour: str) -> None:
    near = nearest_readable(colour)
    assert contrast(near, PAPER) >= AA
    assert contrast(near, "#ffffff") >= AA
    assert nearest_readable(near) == near
    _, chroma, hue = oklch(colour)
    if chroma > 0.02:
        assert abs(oklch(near)[2] - hue) < 6
    assert from_oklch(*oklch(colour)) == colour


def test_known_contrasts() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert contrast("#123456", "#123456") == 1


def test_an_owner_changes_it_and_a_colour_that_cannot_be_read_is_refused_with_one_that_can(
    world: World, now: datetime
) -> None:
    by = {"actor": world.olga.actor, "now": now}
    assert brand_of(world.workspace).word("running") == "In progress"
    with pytest.raises(Invalid) as refused:
        actions.change_branding(world.workspace, accent="#FFCC00", **by)
    assert refused.value.fields["accent"].endswith("#8c6f06.")
    actions.change_branding(
        world.workspace, name=" Acme & Co ", accent="#8C6F06", words={"running": "On it", "done": " "}, **by
    )
    brand = brand_of(world.workspace)
    assert (brand.name, brand.accent, brand.word("running"), brand.word("done")) == (
        "Acme & Co", "#8c6f06", "On it", "Done",
    )  # fmt: skip
    assert Event.objects.get(kind="branding.changed").payload["changes"]["name"] == ["Acme", "Acme & Co"]
    for values in ({"name": " "}, {"accent": "red"}, {"words": {"flying": "x"}}, {"words": {"done": "x" * 41}}):
        with pytest.raises(Invalid):
            actions.change_branding(world.workspace, **values, **by)


@pytest.mark.parametrize("who", ["alice", "bob", "clara", "audrey", "echo"])
def test_nobody_else_changes_it(world: World, now: datetime, who: str) -> None:
    by = {"actor": getattr(world, who).actor, "now": now}
    for act in (
        lambda: actions.change_branding(world.workspace, name="Mine", **by),
        lambda: actions.set_logo(world.workspace, PNG, **by),
        lambda: actions.remove_logo(world.workspace, **by),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(
    ("picture", "kind"),
    [(PNG, "image/png"), (b"\xff\xd8\xff\xe0" + b"0" * 9, "image/jpeg"), (b"RIFF1234WEBPVP8 ", "image/webp")],
)
def test_a_logo_is_known_by_its_first_bytes_and_served_as_that(
    world: World, now: datetime, picture: bytes, kind: str
) -> None:
    actions.set_logo(world.workspace, picture, actor=world.olga.actor, now=now)
    address = brand_of(world.workspace).logo
    enter(None)
    response = Client().get(address)
    assert (response.content, response.headers["Content-Type"]) == (picture, kind)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("picture", [b"", b"<svg></svg>", b"GIF89a" + b"0" * 9, b"<html>", PNG + b"0" * 2**19])
def test_anything_else_is_no_logo(world: World, now: datetime, picture: bytes) -> None:
    with pytest.raises(Invalid):
        actions.set_logo(world.workspace, picture, actor=world.olga.actor, now=now)
    assert not Branding.objects.exists()


def test_the_page_saves_says_what_is_wrong_and_takes_a_logo(world: World) -> None:
    client = Client()
    client.force_login(world.olga.user)
    wrong = client.post("/settings/branding/", {"name": "Acme", "accent": "#ffcc00", "word-done": "Ready"})
    assert wrong.status_code == 422
    assert "#8c6f06" in wrong.content.decode()
    assert 'value="Ready"' in wrong.content.decode()
    assert client.post("/settings/branding/", {"name": "Acme", "accent": "#8c6f06"}).status_code == 302
    svg = SimpleUploadedFile("logo.png", b"<svg/>", content_type="image/png")
    assert client.post("/settings/branding/logo/", {"logo": svg}).status_code == 422
    png = SimpleUploadedFile("logo.svg", PNG, content_type="image/svg+xml")
    assert client.post("/settings/branding/logo/", {"logo": png}).status_code == 302
    shown = client.get("/settings/branding/").content.decode()
    assert f"/portal/sign-in/{world.workspace.slug}/" in shown
    assert client.post("/settings/branding/logo/remove/").status_code == 302
    assert brand_of(world.workspace).logo == ""


def test_the_door_is_branded_and_tells_nobody_who_has_an_account(
    world: World, now: datetime, mailoutbox: list[object]
) -> None:
    actions.change_branding(world.workspace, welcome="Come in", actor=world.olga.actor, now=now)
    slug, door = world.workspace.slug, Client()
    enter(None)
    assert "Come in" in door.get(f"/portal/sign-in/{slug}/").content.decode()
    assert door.get("/portal/sign-in/nowhere-9/").status_code == 404
    sheet = door.get(public_brand(door_digest(slug)).sheet)
    assert sheet.headers["Content-Type"].startswith("text/css")
    known, unknown = (
        re.sub(email, "", door.post(f"/portal/sign-in/{slug}/", {"email": email}).content.decode())
        for email in ("clara@example.com", "nobody@example.com")
    )
    assert re.sub(r"\w{32,}", "", known) == re.sub(r"\w{32,}", "", unknown)
    with tenant(world.workspace.pk):
        for email in ("clara@example.com", "nobody@example.com", "charlie@example.com"):
            mail_sign_in_link(workspace_id=world.workspace.pk, email=email, now=now)
    assert [(m.to, m.subject) for m in mailoutbox] == [(["clara@example.com"], "Your link to Acme")]  # type: ignore[attr-defined]


def test_a_strangers_brand_is_out_of_reach(world: World, now: datetime) -> None:
    actions.change_branding(world.workspace, name="Acme & Co", actor=world.olga.actor, now=now)
    enter(world.charlie.workspace.pk)
    assert not Branding.objects.exists()
    with pytest.raises(Missing):
        public_brand("0" * 64)


def test_a_client_comes_in_by_one_press_within_a_day(world: World) -> None:
    now = timezone.now()
    invitation, secret = actions.invite("ann.lee@example.com", "client", actor=world.olga.actor, now=now)
    assert (invitation.expires_at - now).total_seconds() == 24 * 3600
    enter(None)
    client = Client()
    assert "Open my requests" in client.get(f"/join/{secret}/").content.decode()
    assert not User.objects.filter(email="ann.lee@example.com").exists()
    answer = client.post(f"/join/{secret}/", {"name": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    ann = User.objects.get(email="ann.lee@example.com")
    assert (ann.name, ann.has_usable_password()) == ("Ann Lee", False)
    assert client.get("/").headers["Location"] == "/portal/"
    assert Client().get(f"/join/{secret}/").status_code == 404
    assert Client().post(f"/join/{secret}/", {"name": "Mallory"}).status_code == 404


def test_only_clients_come_in_without_a_password(world: World, now: datetime) -> None:
    _, secret = actions.invite("nora@example.com", "contributor", actor=world.olga.actor, now=now)
    with pytest.raises(Forbidden):
        actions.join_as_client(secret, name="Nora", now=now)


def test_whoever_proves_the_address_ends_the_sessions_of_whoever_only_had_the_link(world: World) -> None:
    """An admin who passed the invitation on may have used it themselves."""
    now = timezone.now()
    _, secret = actions.invite("ann@example.com", "client", actor=world.olga.actor, now=now)
    first = Client()
    first.post(f"/join/{secret}/")
    ann = User.objects.get(email="ann@example.com")
    link = actions.make_sign_in_link(ann, now=now)
    Client().post(f"/sign-in/link/{link}/?next=/portal/new/")
    assert first.get("/portal/").headers["Location"].startswith("/sign-in/")
