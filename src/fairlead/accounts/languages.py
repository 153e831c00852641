"""Which language somebody reads, when no browser is at hand that says so: in mails and notices."""

from __future__ import annotations

from django.conf import settings

from fairlead.accounts.models import User, Workspace


def language_of(user: User | None, workspace: Workspace | None = None) -> str:
    """Their own, else the workspace's, else the server's."""
    own = user.language if user else ""
    shared = workspace.language if workspace else ""
    return own or shared or str(settings.SPOKEN_AT_FIRST)
