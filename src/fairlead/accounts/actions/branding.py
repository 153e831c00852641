"""How a workspace shows itself to clients: its name, logo, colour and words."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from fairlead.accounts.actions.keeping import keep, take_kept
from fairlead.accounts.brand import ACCENT, WORDS, door_digest
from fairlead.accounts.models import Branding, Workspace
from fairlead.accounts.permissions import may_change_workspace
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib import magic
from fairlead.lib.colour import is_colour, is_readable, nearest_readable
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import later, tr

MOST_LOGO_BYTES: Final = 512 * 1024
MAX_WORD: Final = 40
ONLY_ADMINS: Final = later("Only an owner or admin can change what clients see of the workspace.")
LOGO: Final = "logo"
FIELDS: Final = ("name", "welcome", "accent", "words", "shows_names")


def change_branding(workspace: Workspace, *, actor: Actor, now: datetime, **values: Any) -> Branding:
    """Change any of: name, welcome, accent (#rrggbb), words {state: word}, shows_names."""
    require(may_change_workspace(actor), ONLY_ADMINS)
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"change_branding does not know {', '.join(sorted(unknown))}")
    tidy = {name: _tidy(name, value) for name, value in values.items()}
    if wrong := _wrong(tidy):
        raise Invalid(wrong)
    with transaction.atomic():
        branding = _present(workspace, now)
        changed = {name: value for name, value in tidy.items() if getattr(branding, name) != value}
        if changed:
            changes = {name: [getattr(branding, name), value] for name, value in changed.items()}
            _write(branding, now, **changed)
            record("branding.changed", branding, actor=actor, now=now, changes=changes)
    return branding


def set_logo(workspace: Workspace, picture: bytes, *, actor: Actor, now: datetime) -> int | None:
    """Show this picture to clients. Raises Invalid unless it is a PNG, JPEG or WebP of at most 512 kB.

    The number by which the logo that it replaces can be brought back for ten minutes; None when there was no other.
    """
    require(may_change_workspace(actor), ONLY_ADMINS)
    kind = picture_type(picture)
    if len(picture) > MOST_LOGO_BYTES:
        raise Invalid({"logo": tr("A logo has at most 512 kB. Save it smaller, then choose it again.")})
    if not kind:
        raise Invalid(
            {"logo": tr("This is neither PNG, JPEG nor WebP. Save the logo as one of them, then choose it again.")}
        )
    with transaction.atomic():
        return _replace_logo(_present(workspace, now), picture, kind, actor=actor, now=now)


def remove_logo(workspace: Workspace, *, actor: Actor, now: datetime) -> int | None:
    """Show the name alone. The number by which the logo can be brought back; None when there was none."""
    require(may_change_workspace(actor), ONLY_ADMINS)
    with transaction.atomic():
        branding = _present(workspace, now)
        return _replace_logo(branding, None, "", actor=actor, now=now) if branding.logo_type else None


def restore_logo(workspace: Workspace, kept: int, *, actor: Actor, now: datetime) -> None:
    """Undo of `set_logo` and `remove_logo`. Raises Conflict when the logo is another one by now."""
    require(may_change_workspace(actor), ONLY_ADMINS)
    with transaction.atomic():
        branding = _present(workspace, now)
        was = take_kept(kept, LOGO, workspace_id=workspace.pk, now=now)
        if was["replaced_by"] != _print(branding.logo):
            raise Conflict(tr("The logo was changed again meanwhile. Choose the one that you want."))
        _write_logo(branding, base64.b64decode(was["logo"]), was["type"], actor=actor, now=now)


def _replace_logo(branding: Branding, picture: bytes | None, kind: str, *, actor: Actor, now: datetime) -> int | None:
    was = bytes(branding.logo or b"")
    kept = None
    if was and was != picture:
        facts = {"logo": base64.b64encode(was).decode(), "type": branding.logo_type, "replaced_by": _print(picture)}
        kept = keep(LOGO, facts, workspace_id=branding.workspace_id, now=now)
    _write_logo(branding, picture, kind, actor=actor, now=now)
    return kept


def _write_logo(branding: Branding, picture: bytes | None, kind: str, *, actor: Actor, now: datetime) -> None:
    changes = {"logo": [branding.logo_type, kind]}
    _write(branding, now, logo=picture, logo_type=kind)
    record("branding.changed", branding, actor=actor, now=now, changes=changes)


def _print(picture: bytes | memoryview | None) -> str:
    """By which a picture is known again; empty for none."""
    return hashlib.sha256(picture).hexdigest() if picture else ""


def picture_type(picture: bytes) -> str:
    """What the first bytes say that it is; empty for anything but PNG, JPEG and WebP, whatever its name."""
    kind = magic.kind_of(picture)
    return kind.mime if kind in (magic.PNG, magic.JPEG, magic.WEBP) else ""


def _present(workspace: Workspace, now: datetime) -> Branding:
    """The workspace's branding, held until the transaction ends."""
    defaults = {"name": workspace.name, "accent": ACCENT, "digest": door_digest(workspace.slug), "updated_at": now}
    branding, _ = Branding.objects.select_for_update().get_or_create(workspace=workspace, defaults=defaults)
    return branding


def _write(branding: Branding, now: datetime, **values: Any) -> None:
    Branding.objects.filter(pk=branding.pk).update(version=F("version") + 1, updated_at=now, **values)
    branding.refresh_from_db()


def _tidy(name: str, value: Any) -> Any:
    if name == "words":
        return {state: str(word).strip() for state, word in value.items() if str(word).strip()}
    if name == "accent":
        return str(value).strip().lower()
    return value.strip() if isinstance(value, str) else value


def _wrong(values: Mapping[str, Any]) -> dict[str, str]:
    wrong = {}
    if not 0 < len(values.get("name", "x")) <= 80:
        wrong["name"] = tr("Say in at most 80 characters who you are to clients.")
    if len(values.get("welcome", "")) > 600:
        wrong["welcome"] = tr("A welcome has at most 600 characters.")
    accent = values.get("accent", ACCENT)
    if not is_colour(accent):
        wrong["accent"] = tr("Write the colour like #2f5bd7.")
    elif not is_readable(accent):
        wrong["accent"] = tr(
            "White text cannot be read on %(accent)s. The nearest colour that works is %(value)s.",
            accent=accent,
            value=nearest_readable(accent),
        )
    words = values.get("words", {})
    if not set(words) <= set(WORDS) or any(len(word) > MAX_WORD for word in words.values()):
        wrong["words"] = tr("A word for a state has at most %(max_word)s characters.", max_word=MAX_WORD)
    return wrong
