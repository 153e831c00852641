"""A template as an answer: the whole page, or only one block of it for a request by htmx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils.cache import patch_vary_headers
from jinja2_fragments import render_block


def page(
    request: HttpRequest,
    template: str,
    values: Mapping[str, Any],
    *,
    block: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with `template`; with its `block` alone where a fragment was asked for.

    `values` reach the template beside the shell's variables. Boosted links and restored history want the whole page.
    """
    engine = engines["jinja2"]
    context: dict[str, Any] = {"request": request}
    for processor in engine.template_context_processors:  # type: ignore[attr-defined]
        context.update(processor(request))
    context.update(values)
    if block and wants_fragment(request):
        html = render_block(engine.env, template, block, context)  # type: ignore[attr-defined]
    else:
        html = engine.env.get_template(template).render(context)  # type: ignore[attr-defined]
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def attachment(text: str, name: str) -> HttpResponse:
    """A CSV file to keep."""
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
