"""Where Django keeps sessions: rows of `Session`, found by the digest of the cookie.

An ended session has no row, so that its next request is refused without any further question to the database.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.utils import timezone

from fairlead.accounts.devices import LONGEST
from fairlead.accounts.models import Session
from fairlead.lib.prepared import prepared
from fairlead.lib.secrets import digest

BEGAN = "began_at"
"""When somebody signed in: in the session's values, as an ISO text."""


@prepared
def _session(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)[:1]


class SessionStore(DatabaseStore):
    """`row` is what was read from the database in this request, if anything."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = _session.first(digest(self.session_key or ""), timezone.now())
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=digest(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        if SESSION_KEY in data:
            data.setdefault(BEGAN, now.isoformat())
        return Session(
            session_key=digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
            created_at=datetime.fromisoformat(data.get(BEGAN, now.isoformat())),
            seen_at=now,
            agent=str(data.get("agent", ""))[:LONGEST],
            address=str(data.get("address", ""))[:45],
            how=str(data.get("how", ""))[:20],
        )
