"""The styleguide: every part of the interface with sample data, for those who build or brand the product."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from fairlead.web.access import Request, member_page
from fairlead.web.render import page

WORKERS: list[dict[str, Any]] = [
    {"id": 1, "name": "Mara Thiel", "kind": "employee", "role": "Berlin, 32 h a week"},
    {"id": 14, "name": "Jonas Lind", "kind": "employee", "role": "Lisbon, 40 h a week"},
    {"id": 4, "name": "Dana Reyes", "kind": "freelancer", "role": "Freelance, from €65 an hour"},
    {"id": 7, "name": "Echo", "kind": "agent", "role": "Drafts and triage"},
]
LABELS = {"design": 1, "backend": 2, "legal": 0, "data": 3, "writing": 4}

NOBODY = "Needs German 4; the highest here is 3"

# state, name, most tasks, cards: title, priority, labels, days until due, worker, match, further fields
COLUMNS: list[tuple[str, str, int | None, list[tuple[Any, ...]]]] = [
    ("backlog", "Backlog", None, [
        ("Translate onboarding emails to German", 2, ["writing"], 9, None, None, {"waits": NOBODY}),
        ("Audit checkout accessibility", 4, ["design"], -3, 0, 0.94, {"checks": (2, 5), "comments": 4}),
        ("Reconcile October invoices", 1, ["data"], None, None, 0.71, {}),
    ]),
    ("ready", "Ready", None, [
        ("Interview five pilot customers", 3, ["writing", "design"], 1, 2, 0.88, {}),
        ("Label 400 support tickets", 3, ["data"], 12, 3, 0.82, {"comments": 1}),
        ("Design empty states for the calendar", 2, ["design"], 12, 2, 0.64, {"blocked_by": ["WEB-206"]}),
    ]),
    ("running", "In progress", 3, [
        ("Write the SLA policy for the night shift", 2, ["legal"], 4, 1, 0.58, {"checks": (1, 4)}),
        ("Migrate the price book", 4, ["backend", "data"], 0, 0, 0.91, {"comments": 12}),
        ("Record the product tour", 1, ["writing"], 16, 3, 0.35, {}),
        ("Tune the fraud rules", 3, ["backend"], -1, 1, 0.77, {}),
    ]),
    ("review", "In review", None, [
        ("Plan the capacity of the first quarter", 2, ["legal"], 3, 3, 0.8, {"checks": (3, 3)}),
        ("Localise date formats", 0, ["backend"], None, 2, 0.9, {}),
    ]),
    ("done", "Done", None, [
        ("Draft release notes for 2.4", 1, ["writing"], -8, 0, 0.8, {}),
        ("Fix the webhook retry jitter", 2, ["backend"], -5, 1, 0.8, {}),
    ]),
]  # fmt: skip


def _cards(state: str, rows: list[tuple[Any, ...]], first: int, today: date) -> list[dict[str, Any]]:
    return [
        {
            "key": f"WEB-{first + n}", "title": title, "url": "#board", "move_url": "#board",
            "version": 1, "state": state, "priority": priority,
            "labels": [{"name": name, "color": LABELS[name]} for name in labels],
            "due": None if days is None else today + timedelta(days=days),
            "worker": None if who is None else WORKERS[who], "match": match, **more,
        }
        for n, (title, priority, labels, days, who, match, more) in enumerate(rows)
    ]  # fmt: skip


class SampleForm(forms.Form):
    """Each kind of field that a form of the product has."""

    name = forms.CharField(label="Name", help_text="As people say it.")
    level = forms.ChoiceField(label="Level", choices=[("1", "Knows it"), ("3", "Does it"), ("5", "Teaches it")])
    kinds = forms.MultipleChoiceField(
        label="Works on",
        choices=[("shop", "Shop"), ("data", "Data")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    tells = forms.BooleanField(label="Tell the team", required=False, help_text="One mail when it is done.")
    about = forms.CharField(label="About", widget=forms.Textarea(attrs={"rows": 2}), required=False)


SAMPLE = {"name": "", "level": "3", "kinds": ["shop"], "about": "Builds shops."}


def _factors(*scores: float) -> list[dict[str, Any]]:
    sentences = [
        ("Skills", "Figma 5 and accessibility 4, both used last month"),
        ("Free in time", "11 h free before the due date, needs about 6"),
        ("Load", "76 % of this week is planned"),
        ("Preference", "Likes design work, no opinion on this client"),
        ("Project", "Did 14 tasks here"),
    ]
    return [{"name": n, "score": s, "sentence": t} for (n, t), s in zip(sentences, scores, strict=True)]


def samples(today: date) -> dict[str, Any]:
    """The sample data of the styleguide; dates are around `today`."""
    columns = [
        {"id": n, "name": name, "state": state, "limit": limit, "count": len(rows), "add_url": "#board",
         "cards": _cards(state, rows, 200 + 10 * n, today)}
        for n, (state, name, limit, rows) in enumerate(COLUMNS, 1)
    ]  # fmt: skip
    return {
        "workers": WORKERS,
        "form": SampleForm(SAMPLE),
        "form_again": SampleForm(SAMPLE, auto_id="again_%s"),
        "columns": columns,
        "dates": [today + timedelta(days=d) for d in (-3, 1, 9, 400)],
        "weeks": [
            {"label": f"{(today + timedelta(weeks=n)).day} {today + timedelta(weeks=n):%b}", "hours": h, "capacity": c}
            for n, (h, c) in enumerate([(31, 32), (38, 32), (20, 32), (6, 16)])
        ],
        "candidates": [
            {"worker": WORKERS[0], "score": 0.94, "note": WORKERS[0]["role"], "free": "Free from today, 14:00",
             "summary": "Strongest in both skills and free before it is due.",
             "factors": _factors(0.98, 0.9, 0.62, 0.8, 0.95)},
            {"worker": WORKERS[2], "score": 0.81, "note": WORKERS[2]["role"], "free": "Free from Wednesday",
             "summary": "As skilled, dearer, and new to the project.", "factors": _factors(0.95, 0.7, 0.9, 0.6, 0.2)},
            {"worker": WORKERS[3], "score": 0.52, "note": WORKERS[3]["role"], "free": "Always free",
             "summary": "Can draft it; a person has to check the result.",
             "factors": _factors(0.45, 1.0, 0.9, 0.5, 0.3)},
        ],
        "ruled_out": [
            {"worker": WORKERS[1], "rule": "time off",
             "sentence": "On leave until 2 December; it is due on 27 November."},
        ],
    }  # fmt: skip


@member_page
@require_safe
def show(request: Request) -> HttpResponse:
    """Owners and admins only; to everybody else it does not exist."""
    if request.actor.role not in ("owner", "admin"):
        raise Http404
    now = timezone.now()
    return page(request, "styleguide.jinja", {"guide": samples(now.date()), "today": now.date(), "now": now})


urls = [path("styleguide/", show, name="styleguide")]
