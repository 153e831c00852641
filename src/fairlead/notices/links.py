"""Links that need no sign-in: they name the person and what they do, and are signed by this server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.core import signing

from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.notices.kinds import BY_NAME
from fairlead.notices.models import Notice
from fairlead.work.models import Reviewer

SALT: Final = "fairlead.notices.stop"
REMINDER_SALT: Final = "fairlead.notices.reminder"
SEEN_SALT: Final = "fairlead.notices.seen"
SEEN_S: Final = 14 * 24 * 3600


def stop_secret(workspace_id: int, user_id: int, kinds: Sequence[str]) -> str:
    """What stands in the link."""
    return signing.dumps([workspace_id, user_id, sorted(set(kinds))], salt=SALT)


def read_stop_secret(secret: str) -> tuple[int, int, list[str]]:
    """(workspace id, user id, kinds) of a link. Raises Missing for one that this server did not sign."""
    try:
        workspace_id, user_id, kinds = signing.loads(secret, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Missing(tr("This link stops nothing. Sign in and look under Settings, Notifications.")) from error
    return int(workspace_id), int(user_id), [kind for kind in kinds if kind in BY_NAME]


def reminder_secret(reviewer: Reviewer) -> str:
    """What stands in the link that ends the reminders of one request to one client."""
    return signing.dumps([reviewer.workspace_id, reviewer.pk], salt=REMINDER_SALT)


def read_reminder_secret(secret: str) -> tuple[int, int]:
    """(workspace id, reviewer id) of a link. Raises Missing for one that this server did not sign."""
    try:
        workspace_id, reviewer_id = signing.loads(secret, salt=REMINDER_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Missing(tr("This link stops nothing. Sign in and look under Settings, Notifications.")) from error
    return int(workspace_id), int(reviewer_id)


def seen_secret(notice: Notice) -> str:
    """What stands in the link by which a press on a push marks its notice as read."""
    return signing.dumps([notice.workspace_id, notice.user_id, notice.pk], salt=SEEN_SALT)


def read_seen_secret(secret: str) -> tuple[int, int, int]:
    """(workspace id, user id, notice id) of a link. Raises Missing for one that this server did not sign lately."""
    try:
        workspace_id, user_id, notice_id = signing.loads(secret, salt=SEEN_SALT, max_age=SEEN_S)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Missing(tr("This link marks nothing as read. Sign in and look under Notifications.")) from error
    return int(workspace_id), int(user_id), int(notice_id)
