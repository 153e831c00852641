"""Policies of the made-up company: one that decides by itself, two that ask first, one with a queue, one at rest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from fairlead.allocation import actions as allocation
from fairlead.allocation.routing import from_dict

if TYPE_CHECKING:
    from fairlead.demo.company import Company

POLICIES: Final[tuple[tuple[str, bool, dict[str, Any]], ...]] = (
    (
        "Urgent care",
        True,
        {
            "takes": "task.project == 'CARE' && task.priority >= priority.high",
            "autonomy": "undo",
            "age_h": 8,
            "steps": [
                {"name": "Who knows the work", "who": "worker.done_in_project > 0", "how": "assign"},
                {"name": "Everybody who can", "how": "assign", "strategy": "least_loaded"},
            ],
        },
    ),
    (
        "Design, people first",
        True,
        {
            "takes": "'design' in task.labels",
            "autonomy": "approve",
            "steps": [
                {"name": "Our own designers", "team": "Design", "who": "worker.kind == 'employee'", "how": "assign",
                 "lasts_min": 240},
                {"name": "Freelancers", "who": "worker.kind == 'freelancer'", "how": "offer", "ask": 2,
                 "answer_min": 120},
            ],
        },
    ),
    (
        "Pool of small fixes",
        True,
        {
            "takes": "task.project == 'CARE' && task.effort_h <= 6",
            "autonomy": "auto",
            "claims": 2,
            "steps": [{"name": "Whoever comes first", "how": "queue", "lasts_min": 2880},
                      {"name": "Round robin", "how": "offer", "strategy": "round_robin"}],
        },
    ),
    (
        "Rush jobs",
        False,
        {
            "takes": "task.has_due && task.due_in_h < 24",
            "autonomy": "auto",
            "steps": [{"name": "Three at once", "how": "offer", "ask": 3, "answer_min": 30, "lasts_min": 60},
                      {"name": "Nearly as skilled", "how": "offer", "ask": 3, "answer_min": 30, "relax": 1}],
        },
    ),
    (
        "Words by agents, approved",
        True,
        {
            "takes": "task.skills.exists(s, s == 'Copywriting' || s == 'SEO' || s == 'Technical writing')",
            "autonomy": "approve",
            "steps": [{"name": "AI agents", "who": "worker.kind == 'agent'", "how": "assign"},
                      {"name": "People", "who": "worker.kind != 'agent'", "how": "offer"}],
        },
    ),
)  # fmt: skip
MOST_ROUNDS: Final = 10


def write(company: Company, *, now: datetime) -> None:
    """The policies, and every waiting task in their hands."""
    for name, in_use, says in POLICIES:
        made = allocation.create_policy(name, from_dict(says), actor=company.alice, now=now)
        if in_use:
            allocation.resume_policy(made, actor=company.alice, now=now)
    for _ in range(MOST_ROUNDS):
        if not allocation.route_waiting(company.alice.workspace_id, now=now):
            return
