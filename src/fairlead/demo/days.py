"""What came in and waits for Alice, what she noted for herself, and how her day is planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fairlead.accounts import actions as accounts
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Task
from fairlead.work.states import OPEN

if TYPE_CHECKING:
    from fairlead.demo.company import Company

REQUESTS: Final = (
    (
        "Clara",
        "WEB",
        "The checkout fails for Swiss postcodes again",
        "Since this morning, on phones too.",
    ),
    ("Clara", "WEB", "Show the delivery day in the basket", "Our customers ask for it every day."),
    ("Clara", "WEB", "A banner for the winter sale", "Two sizes, with the new colours."),
    ("Cem", "APP", "The app forgets the chosen language", ""),
    ("Cem", "APP", "Push messages at night are too loud", "Can we have quiet hours?"),
    ("Ines", "BRAND", "Label template for the gift boxes", "As for the bottles, but square."),
)
SENT: Final = (
    ("CARE", "Certificate of shop.northwind.example expires in 20 days"),
    ("CARE", "Slow product search on Monday morning"),
    ("CARE", "Disk of the build server is 91 % full"),
    ("CARE", "Form: question about an invoice of October"),
)
IMPORTED: Final = ("Update the imprint", "Collect the photos of the summer fair")
NOTES: Final = (
    "Ask Ines about the print run friday 14:00 #print",
    "Book the room for the retrospective tomorrow",
    "Raise for Priya? !high",
    "Read the proposal of the hosting company #later",
)


def let_in(company: Company, *, now: datetime) -> None:
    """Twelve things that came in from clients, programs and a file."""
    for who, key, title, text in REQUESTS:
        draft = TaskDraft(title=title, description=text)
        work.create_task(company.projects[key], draft, actor=company.actors[who], now=now)
    token, _ = accounts.create_token("Monitoring", ["work:write"], actor=company.alice, now=now, days=365)
    monitoring = replace(company.alice, token_id=token.pk)
    for key, title in SENT:
        work.create_task(company.projects[key], TaskDraft(title=title), actor=monitoring, now=now)
    drafts = [TaskDraft(title=title) for title in IMPORTED]
    work.create_tasks(company.projects["BRAND"], drafts, actor=company.alice, now=now)


def plan_a_day(company: Company, *, now: datetime) -> None:
    """Alice's notes, two hours of focus, an errand, and when she means to do what she holds."""
    alice = company.workers["Alice Moreau"]
    by: dict[str, Any] = {"actor": company.alice, "now": now}
    for line in NOTES:
        work.capture(line, zone="Europe/Berlin", **by)
    hour = timedelta(hours=1)
    start = now.replace(minute=0, second=0, microsecond=0) + hour
    work.add_block(alice, (start, start + 2 * hour), title="Budget for next year", **by)
    work.add_block(alice, (start + 4 * hour, start + 5 * hour), kind="private", title="School play", **by)
    for n, task in enumerate(Task.objects.filter(assignee=alice, state__in=OPEN).order_by("due_at", "pk")[:2]):
        span = (start + (2 + n) * hour, start + (3 + n) * hour)
        work.add_block(alice, span, kind="task", task=task, **by)


def show_elsewhere(company: Company, *, now: datetime) -> None:
    """Two tasks of the web shop that the care team follows on its own board."""
    for task in Task.objects.filter(project=company.projects["WEB"], state__in=OPEN).order_by("-priority", "pk")[:2]:
        work.place_task(task, company.projects["CARE"], actor=company.alice, now=now)
