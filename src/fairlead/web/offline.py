"""The product as an app on a phone: what installs it, and the worker that keeps My work readable without a network."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from fairlead.lib.speech import later
from fairlead.web.render import page
from fairlead.web.transfer import ALWAYS_JOINED, JOINED, static

KEPT_FOLDERS: Final = ("css", "js", "vendor")
KEPT_ENDINGS: Final = (".css", ".js", "inter-latin.woff2")

MANIFEST: Final[dict[str, Any]] = {
    "name": "Fairlead",
    "short_name": "Fairlead",
    "description": later("All work in one place, and the right worker for every task."),
    "id": "/",
    "start_url": "/my-work/",
    "scope": "/",
    "display": "standalone",
    "background_color": "#16181f",
    "theme_color": "#16181f",
    "shortcuts": [
        {"name": later("My work"), "url": "/my-work/"},
        {"name": later("Offers"), "url": "/offers/"},
        {"name": later("New task"), "url": "/tasks/new/"},
    ],
}


@require_safe
def manifest(_: HttpRequest) -> HttpResponse:
    """What a browser needs in order to install the product."""
    sizes = [(f"icons/icon-{size}.png", f"{size}x{size}", "any") for size in (192, 512)]
    icons = [
        {"src": static(name), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size, purpose in [*sizes, ("icons/icon-maskable-512.png", "512x512", "maskable")]
    ]
    answer = JsonResponse({**MANIFEST, "icons": icons})
    answer.headers["Content-Type"] = "application/manifest+json"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Its text changes with every style sheet and script, so that browsers fetch the new ones."""
    files = kept_files()
    values = {"files": files, "version": hashlib.sha256("\n".join(files).encode()).hexdigest()[:10]}
    answer = page(request, "offline/worker.js.jinja", values)
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    return answer


@require_safe
def nothing(request: HttpRequest) -> HttpResponse:
    """What a page shows that was not kept, while there is no network. It knows nobody, and as a device asks for it in
    order to keep it, what the last action had to say waits for the page that was asked for."""
    return page(request, "offline/nothing.jinja", {"messages": []})


@cache
def kept_files() -> list[str]:
    """The addresses of everything that pages need beside themselves."""
    roots = [Path(str(finders.find(folder))) for folder in KEPT_FOLDERS]
    names = [f"{root.name}/{found.name}" for root in roots for found in sorted(root.iterdir())]
    alone = [name for name in names if name.endswith(KEPT_ENDINGS) and name not in ALWAYS_JOINED]
    return [static(name) for name in [*JOINED, *alone]]


urls = [
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", worker, name="service-worker"),
    path("offline/", nothing, name="offline"),
]
