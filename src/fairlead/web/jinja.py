"""The Jinja2 environment of all pages: escaped by default, with the few functions that templates need."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, PackageLoader, StrictUndefined

from fairlead.lib import speech
from fairlead.web import filters
from fairlead.web.icons import icon
from fairlead.web.pieces import again, once
from fairlead.web.transfer import static
from fairlead.work.permissions import may_manage_project


def environment(**options: Any) -> Environment:
    """Called once by Django with its options."""
    options |= {"undefined": StrictUndefined, "loader": PackageLoader("fairlead.web")}
    del options["autoescape"]
    env = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)
    env.policies["ext.i18n.trimmed"] = True
    _speak(env)
    env.globals.update(
        static=static, url=_url, icon=icon, once=once, again=again, leads=may_manage_project, **filters.GLOBALS
    )
    env.filters.update(filters.FILTERS)
    env.globals["ui"] = env.get_template("_ui/all.jinja").module
    return env


def _speak(env: Environment) -> None:
    """`_()` and `{% trans %}` ask for the text each time that they are drawn: templates are compiled once, whatever the
    language. What a translation says is trusted like the template; what is filled into it is escaped."""
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True,
        pgettext=translation.pgettext, npgettext=translation.npgettext,
    )  # fmt: skip
    env.globals.update(language=speech.current, direction=speech.direction, script_texts=speech.script_texts)


def _url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)
