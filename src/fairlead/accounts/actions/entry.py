"""How people get in: links that sign in once, the counting of attempts, and the note that somebody came."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from fairlead.accounts.models import Attempt, Membership, Session, SignInLink, User
from fairlead.accounts.queries import actor_of
from fairlead.events.record import record
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Missing, TooMany
from fairlead.lib.secrets import digest, new_secret
from fairlead.lib.speech import later, tr

LINK_MINUTES = 20
TRIES, WINDOW_MIN = 10, 15
KEEP_DAYS = 1
log = structlog.get_logger("fairlead.security")


class LinkGone(Missing):
    """The link was used, withdrawn or has expired."""

    code = "link-gone"
    title = later("This link no longer works")


def make_sign_in_link(user: User, *, now: datetime, minutes: int = LINK_MINUTES) -> str:
    """The secret of a link that signs this user in once."""
    secret = new_secret("fls_")
    SignInLink.objects.create(
        user=user, digest=digest(secret), created_at=now, expires_at=now + timedelta(minutes=minutes)
    )
    return secret


def link_user(secret: str, *, now: datetime) -> User:
    """Whom the link would sign in; changes nothing. Raises LinkGone."""
    found = SignInLink.objects.filter(
        digest=digest(secret), used_at__isnull=True, expires_at__gt=now, user__is_active=True
    )
    link = found.select_related("user").first()
    if link is None:
        raise LinkGone(tr("It was used already or is too old. Ask for a new one on the sign-in page."))
    return link.user


def use_sign_in_link(secret: str, *, now: datetime) -> User:
    """The user whom the link signs in; it works once. Raises LinkGone."""
    user = link_user(secret, now=now)
    if not SignInLink.objects.filter(digest=digest(secret), used_at__isnull=True).update(used_at=now):
        raise LinkGone(tr("It was used a moment ago. Ask for a new one on the sign-in page."))
    return user


def count_attempt(bucket: str, *, now: datetime, limit: int = TRIES) -> None:
    """Count a try in `bucket` (an account or an address). Raises TooMany beyond `limit` in a quarter of an hour.

    The try is written before it is counted, so that many at once do not slip through; a refused one does not count.
    """
    key, since = digest(bucket), now - timedelta(minutes=WINDOW_MIN)
    mine = Attempt.objects.create(bucket=key, at=now)
    recent = list(
        Attempt.objects.filter(bucket=key, at__gt=since).order_by("at").values_list("at", flat=True)[: limit + 1]
    )
    if len(recent) <= limit:
        return
    mine.delete()
    wait_s = max(1, int((recent[0] + timedelta(minutes=WINDOW_MIN) - now).total_seconds()))
    log.warning("too many attempts", kind=bucket.partition(":")[0], wait_s=wait_s)
    raise TooMany(
        tr("Too many attempts. Try again in %(value)s minutes.", value=wait_s // 60 + 1), retry_after_s=wait_s
    )


def forget_attempts(bucket: str) -> None:
    """After a successful sign-in the account's counter starts again."""
    Attempt.objects.filter(bucket=digest(bucket)).delete()


def forget_old_entries(*, now: datetime) -> int:
    """Remove attempts and links that are a day past their use, and sessions that have ended; how many there were."""
    before = now - timedelta(days=KEEP_DAYS)
    attempts, _ = Attempt.objects.filter(at__lt=before).delete()
    links, _ = SignInLink.objects.filter(expires_at__lt=before).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    return attempts + links + sessions


def record_sign_in(member: Membership, how: str, *, device: str, factor: str = "", now: datetime) -> None:
    """Note in the workspace's log that a member signed in. `how`: password, link, invitation, passkey or sso."""
    said = {"how": how, "device": device, **({"factor": factor} if factor else {})}
    with tenant(member.workspace_id), transaction.atomic():
        record("user.signed_in", member.user, actor=actor_of(member), now=now, **said)
