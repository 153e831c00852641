"""Undo of what is gone: what it was is signed into the address of the toast's button, and is good for ten minutes.

The address alone allows nothing: whoever uses it must be allowed to do what it does, in the workspace that it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fairlead.lib.errors import Conflict, Missing
from fairlead.lib.speech import tr
from fairlead.lib.undo import UNDO_FOR
from fairlead.web.access import Request
from fairlead.web.refusals import refusals_told

SALT: Final = "fairlead.undo."


def undo_link(request: Request, address: str, kind: str, was: Mapping[str, Any]) -> str:
    """The address that brings back what was there; `kind` keeps it from standing for anything else."""
    return f"{address}?{urlencode({'was': sealed(request.actor.workspace_id, kind, was, now=timezone.now())})}"


@dataclass
class Former:
    """A list that a form replaces: what it was and what it is now, once it was saved. `kind` as for `undo_link`."""

    request: Request
    address: str
    kind: str
    was: Sequence[tuple[Any, ...]] = ()
    now: Sequence[tuple[Any, ...]] = ()

    def link(self) -> str:
        """The address that puts back what it was; empty when nothing is different."""
        if set(self.was) == set(self.now):
            return ""
        return undo_link(self.request, self.address, self.kind, {"was": self.was, "now": self.now})


def read_former(request: Request, kind: str) -> tuple[list[Any], list[Any]]:
    """What a `Former` was, and what it was then, as lists of tuples. Raises as `read_was` does."""
    kept = read_was(request, kind)
    return [tuple(row) for row in kept["was"]], [tuple(row) for row in kept["now"]]


def sealed(workspace_id: int, kind: str, was: Mapping[str, Any], *, now: datetime) -> str:
    """What was there, as a text that nobody else can make."""
    kept = {"in": workspace_id, "at": now.isoformat(), "was": dict(was)}
    return signing.Signer(salt=SALT + kind).sign_object(kept, compress=True)


def read_was(request: Request, kind: str) -> dict[str, Any]:
    """What was there. Raises Missing for what this server did not sign for this workspace, Conflict ten minutes on."""
    text = request.GET.get("was") or request.POST.get("was", "")
    try:
        kept = signing.Signer(salt=SALT + kind).unsign_object(text)
    except signing.BadSignature:
        kept = {}
    if kept.get("in") != request.actor.workspace_id:
        raise Missing(tr("There is nothing here that could be taken back."))
    if timezone.now() - datetime.fromisoformat(kept["at"]) > UNDO_FOR:
        raise Conflict(tr("This was too long ago to be taken back in one go. Do it anew instead."))
    was: dict[str, Any] = kept["was"]
    return was


def taken_back(request: Request, act: Callable[[], str], back: str) -> HttpResponse:
    """Do a step such as an undo, say what came of it or why not, and go on at `back`. Raises Forbidden and Missing."""
    with refusals_told(request):
        messages.success(request, act())
    return redirect(back)
