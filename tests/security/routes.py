"""The addresses that the server answers to, read from Django's own table of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

PARAMETER = re.compile(r"<(\w+)>")
CONVERTER = re.compile(r"(?<=<)\w+:")


@dataclass(frozen=True)
class Route:
    """One address with its parameters in angle brackets, such as /tasks/<key>/. `methods`: of the API, declared."""

    address: str
    methods: frozenset[str] | None = None

    @property
    def is_api(self) -> bool:
        return self.address.startswith("/api/")

    def url(self, places: dict[str, str]) -> str:
        """The address with the values of `places`: looked up by parameter, then together with the part before it."""
        parts = self.address.split("/")
        for n, part in enumerate(parts):
            if found := PARAMETER.fullmatch(part):
                parts[n] = _value(found[1], f"{parts[n - 1]}/{found[1]}", places)
        return "/".join(parts)


def _value(parameter: str, with_part: str, places: dict[str, str]) -> str:
    if parameter in places:
        return places[parameter]
    assert with_part in places, f"tell objects.py which object of acme belongs at {with_part!r}"
    return places[with_part]


def all_routes() -> list[Route]:
    """Pages and API."""
    return sorted(_walk(get_resolver(), "/"), key=lambda route: route.address)


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        address = prefix + CONVERTER.sub("", str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield Route(address, _declared(entry.callback))
        else:
            yield from _walk(entry, address)


def _declared(view: Any) -> frozenset[str] | None:
    """The methods of an operation of the API; pages say theirs only when they are asked."""
    for cell in getattr(view, "__closure__", None) or ():
        if isinstance(cell.cell_contents, PathView):
            return frozenset(m for operation in cell.cell_contents.operations for m in operation.methods)
    return None
