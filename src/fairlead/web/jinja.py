"""The Jinja2 environment of all pages: escaped by default, with the few functions that templates need."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from jinja2 import Environment, PackageLoader, StrictUndefined

from fairlead.web import filters
from fairlead.web.icons import icon
from fairlead.web.pieces import once
from fairlead.web.transfer import static
from fairlead.work.permissions import may_manage_project


def environment(**options: Any) -> Environment:
    """Called once by Django with its options."""
    options |= {"undefined": StrictUndefined, "loader": PackageLoader("fairlead.web")}
    del options["autoescape"]
    env = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, **options)
    env.globals.update(static=static, url=_url, icon=icon, once=once, leads=may_manage_project, **filters.GLOBALS)
    env.filters.update(filters.FILTERS)
    env.globals["ui"] = env.get_template("_ui/all.jinja").module
    return env


def _url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)
