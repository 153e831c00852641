"""Mails about accounts, each as plain text and as simple HTML from the templates in `mail/`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines


def send(template: str, to: str, subject: str, *, headers: Mapping[str, str] | None = None, **values: Any) -> None:
    """Send mail/<template>.txt and .html to one address. Raises Unavailable if the server does not take it."""
    env = engines["jinja2"].env  # type: ignore[attr-defined]
    values = {"base_url": settings.BASE_URL, "subject": subject, **values}
    text = env.get_template(f"mail/{template}.txt.jinja").render(values)
    html = env.get_template(f"mail/{template}.html.jinja").render(values)
    message = EmailMultiAlternatives(" ".join(subject.split()), text, to=[to], headers=dict(headers or {}))
    message.attach_alternative(html, "text/html")
    message.send()
