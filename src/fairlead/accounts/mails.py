"""Mails about accounts, each as plain text and as simple HTML from the templates in `mail/`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines


def send(
    template: str, to: str, subject: str, *, headers: Mapping[str, str] | None = None, named: str = "", **values: Any
) -> None:
    """Send mail/<template>.txt and .html to one address. Raises Unavailable if the server does not take it.

    `named`: what mail this is, once and for all; sent twice it has the same Message-ID.
    """
    env = engines["jinja2"].env  # type: ignore[attr-defined]
    values = {"base_url": settings.BASE_URL, "subject": subject, **values}
    text = env.get_template(f"mail/{template}.txt.jinja").render(values)
    html = env.get_template(f"mail/{template}.html.jinja").render(values)
    message = EmailMultiAlternatives(
        " ".join(subject.split()), text, to=[to], headers={**_identity(named, to), **(headers or {})}
    )
    message.attach_alternative(html, "text/html")
    message.send()


def _identity(named: str, to: str) -> dict[str, str]:
    """The Message-ID of a mail with a name, which nobody can guess."""
    if not named:
        return {}
    text = f"{settings.BASE_URL} {named} {to}"
    digest = hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
    return {"Message-ID": f"<{digest}@{urlsplit(settings.BASE_URL).hostname}>"}
