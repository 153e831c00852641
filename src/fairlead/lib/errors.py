"""The errors that a caller can act on. Everything else is a bug and crashes.

A subclass sits beside the function that raises it; here are only the shapes that pages and the API translate.
"""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.lib.speech import later


class Refused(Exception):
    """The request was understood and is not done; `detail` says why and what to do next.

    `fields` maps the name of an input to what is wrong with it, so that a form can say it at the right place.
    """

    code = "refused"
    status = 422
    title = later("This cannot be done")

    def __init__(self, detail: str, *, fields: Mapping[str, str] | None = None) -> None:
        self.detail = str(detail)
        super().__init__(self.detail)
        self.fields = {name: str(text) for name, text in (fields or {}).items()}


class Invalid(Refused):
    """Some input is missing or wrong."""

    code = "invalid"
    title = later("Some fields need another look")

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(map(str, fields.values())), fields=fields)


class Forbidden(Refused):
    """The actor's role or scopes do not allow it."""

    code = "forbidden"
    status = 403
    title = later("You may not do this")


class Missing(Refused):
    """There is no such thing, or the actor may not know that there is."""

    code = "not-found"
    status = 404
    title = later("Not found")


class Conflict(Refused):
    """Somebody else was quicker, or the state has moved on; read again, then decide."""

    code = "conflict"
    status = 409
    title = later("This has changed in the meantime")


class TooMany(Refused):
    """A limit was reached; `retry_after_s` seconds later it may be tried again."""

    code = "too-many-requests"
    status = 429
    title = later("Too many attempts")

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Unavailable(Exception):
    """Something outside did not answer; the job that met it is tried again."""


def require(allowed: bool, detail: str) -> None:
    """Raise Forbidden with `detail` unless `allowed`."""
    if not allowed:
        raise Forbidden(detail)
