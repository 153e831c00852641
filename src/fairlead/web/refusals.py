"""What a form's step was refused for, told on the page that comes next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from fairlead.lib.errors import Refused


@contextmanager
def refusals_told(request: HttpRequest, *, unless: bool = False) -> Iterator[None]:
    """The block ends at what is refused, and the next page says why. What somebody may not do or know of is raised, and
    everything is `unless` nobody would see it there, as where a script shows the answer itself."""
    try:
        yield
    except Refused as refused:
        if unless or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
