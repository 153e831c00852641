"""In whose name a command works: a member of a workspace, chosen by address and slug."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fairlead.accounts.models import Membership, Role, Workspace
from fairlead.accounts.queries import actor_of
from fairlead.events.actor import Actor
from fairlead.events.tenancy import enter, workspace_ids
from fairlead.lib.errors import Missing


@contextmanager
def acting(slug: str, email: str) -> Iterator[Actor]:
    """The actor inside their workspace: the one with this slug, or the only one; this member, or its first owner."""
    workspace = _workspace(slug)
    enter(workspace.pk)
    members = Membership.objects.filter(workspace=workspace, removed_at__isnull=True).select_related("user")
    member = members.filter(user__email=email.lower()).first() if email else members.filter(role=Role.OWNER).first()
    if member is None:
        known = "Its members: " + ", ".join(members.order_by("user__email").values_list("user__email", flat=True)[:20])
        raise Missing(f"{email or 'An owner'} is not a member of {workspace.slug}. {known}")
    try:
        yield actor_of(member)
    finally:
        enter(None)


def _workspace(slug: str) -> Workspace:
    found: list[Workspace] = []
    for number in workspace_ids():
        enter(number)
        found.extend(Workspace.objects.filter(pk=number))
    chosen = [w for w in found if w.slug == slug] if slug else found
    if len(chosen) == 1:
        return chosen[0]
    if not found:
        raise Missing("There is no workspace yet: start with `fairlead demo`, or sign up at the page.")
    raise Missing("Choose one with --workspace: " + ", ".join(w.slug for w in found))
