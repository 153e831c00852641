"""Lists as CSV, for whoever asks for text/csv."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def wants_csv(request: HttpRequest) -> bool:
    """Whether the caller asks for a table rather than for JSON."""
    return request.headers.get("Accept", "").split(",")[0].split(";")[0].strip().lower() == "text/csv"


def csv_reply(text: str, name: str) -> HttpResponse:
    """A table as a file."""
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
