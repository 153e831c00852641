"""The private project of the made-up company: what only two of its people talk about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fairlead.allocation import actions as allocation
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft

if TYPE_CHECKING:
    from fairlead.demo.company import Company

TASKS: Final = (
    ("Compare salaries with the market", 240, 6, "Alice Moreau"),
    ("Talk to the accountant about the budget", 60, 3, "Alice Moreau"),
    ("Draft raises for the engineers", 180, 9, "Ben Okafor"),
    ("Agree on the total with Olga", 60, 13, None),
    ("Write the letters", 120, 17, None),
)
"""Title, minutes, days until it is due, who holds it."""


def plan_raises(company: Company, *, now: datetime) -> None:
    """alice's project about pay, with ben; everybody else of the team does not know that there is one."""
    by: dict[str, Any] = {"actor": company.alice, "now": now}
    project = work.create_project(
        key="PAY", name="Pay round 2027", description="Who earns what from January on. It stays here until it is told.",
        color=4, **by,
    )  # fmt: skip
    work.make_private(project, **by)
    ben = company.workers["Ben Okafor"].user
    if ben is not None:
        work.put_member(project, ben, "contributor", **by)
    drafts = [TaskDraft(title=it[0], effort_min=it[1], due_at=now + timedelta(days=it[2])) for it in TASKS]
    made = work.create_tasks(project, drafts, **by)
    for task, (*_, holder) in zip(made, TASKS, strict=True):
        if holder is not None:
            allocation.assign_task(task, company.workers[holder], **by)
    company.projects["PAY"] = project
