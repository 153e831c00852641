"""Every kind of notice: which events it comes from, who gets it, what it says and where it goes unless told otherwise.

In a title `{key}` and `{task}` are the task's, `{actor}` did it, the rest comes from the event's payload.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from fairlead.notices import gather
from fairlead.notices.gather import News

Who = Callable[[News], Collection[int]]


@dataclass(frozen=True)
class Kind:
    """`who`: the ids of the users who are concerned; whether each may know is asked again for everybody.

    `mail` and `in_app` are the defaults; what is mailed is pushed as well. `transactional`: its mail has a template and
    a job of its own. `urgent`: it runs out, so that its push waits for no bundle.
    `personal`: it is meant for somebody by name, so that muting its task or project does not keep it away.
    """

    name: str
    label: str
    events: tuple[str, ...]
    who: Who
    title: str
    mail: bool = False
    in_app: bool = True
    for_managers: bool = False
    for_clients: bool = False
    transactional: bool = False
    urgent: bool = False
    personal: bool = False


NOBODY: Final[Who] = lambda _news: ()  # noqa: E731  told by a timer, not by an event

# fmt: off
KINDS: Final[tuple[Kind, ...]] = (
    Kind("assigned", "A task is given to me", ("task.assigned",), gather.new_holder,
         "{key} is yours: {task}", mail=True, personal=True),
    Kind("unassigned", "A task is taken back from me", ("task.unassigned", "task.assigned"), gather.former_holder,
         "{key} is no longer yours: {task}", mail=True, personal=True),
    Kind("offered", "A task is offered to me", ("task.offered",), gather.named_worker,
         "{key} is offered to you: {task}", mail=True, personal=True, transactional=True, urgent=True),
    Kind("withdrawn", "An offer to me is withdrawn", ("task.offer_withdrawn",), gather.named_worker,
         "{key} is no longer offered to you", mail=True, personal=True, transactional=True, urgent=True),
    Kind("expiring", "An offer to me is about to expire", (), NOBODY,
         "The offer of {key} ends soon: {task}", mail=True, personal=True, urgent=True),
    Kind("mentioned", "Somebody mentions me in a comment", ("comment.added", "comment.edited"), gather.mentioned,
         "{actor} mentioned you on {key}", mail=True, personal=True),
    Kind("commented", "A comment on my task", ("comment.added",), gather.task_people,
         "{actor} commented on {key}: {task}"),
    Kind("unblocked", "A task of mine can start", ("task.unblocked",), gather.holder,
         "{key} can start, {after} is over: {task}"),
    Kind("approval_asked", "Somebody asks me to approve something", ("task.approvers_named",), gather.approvers,
         "{key} waits for your approval: {task}", mail=True, personal=True),
    Kind("approval_answered", "An approval of mine is answered",
         ("task.approval_given", "task.approval_refused", "task.approval_sent_back"), gather.author,
         "{actor} answered {key}: {task}"),
    Kind("due", "A task of mine is due tomorrow", (), NOBODY,
         "{key} is due tomorrow: {task}"),
    Kind("overdue", "A task of mine is overdue", (), NOBODY,
         "{key} is overdue: {task}", mail=True),
    Kind("plan_applied", "A plan changes my work", ("plan.applied", "plan.notice"), gather.planned_workers,
         "A plan changes your work", mail=True, transactional=True),
    Kind("time_off_decided", "My time off is answered", ("timeoff.approved", "timeoff.declined"),
         gather.time_off_worker, "Your time off was {answer}", mail=True),
    Kind("to_approve", "My approval is asked for", ("task.handed_over",), gather.reviewers,
         "Please look at “{task}”", mail=True, personal=True, for_clients=True, transactional=True),
    Kind("asked", "I am asked a question", ("comment.added",), gather.asked_clients,
         "A question about “{task}”", mail=True, personal=True, for_clients=True),
    Kind("approved", "A client approves my work", ("task.approved",), gather.task_people,
         "{actor} approved {key}: {task}", mail=True),
    Kind("changes", "A client asks for changes", ("task.changes_asked",), gather.task_people,
         "{actor} asks for changes of {key}: {task}", mail=True),
    Kind("calendar_failed", "A calendar of mine cannot be read", ("calendar.failed",), gather.calendar_owner,
         "A calendar of yours cannot be read", mail=True),
    Kind("change_order", "A client wants more revisions than agreed", ("task.beyond_revisions",), gather.managers,
         "{key} needs a change order: {task}", mail=True, for_managers=True),
    Kind("requested", "A client asks for something", ("task.requested",), gather.managers,
         "{actor} asks for “{task}”", for_managers=True),
    Kind("exhausted", "Nobody accepted an offer", ("task.offers_exhausted",), gather.managers,
         "Nobody accepted {key}: {task}", mail=True, for_managers=True, transactional=True),
    Kind("unroutable", "A task cannot be given to anybody", ("task.unroutable",), gather.managers,
         "Nobody can do {key}: {task}", for_managers=True),
    Kind("time_off_asked", "Somebody asks for time off", ("timeoff.requested",), gather.managers,
         "{actor} asks for time off", mail=True, for_managers=True),
    Kind("absent", "Somebody reports an absence", ("timeoff.approved",), gather.managers_of_absence,
         "{actor} reports an absence from today", mail=True, for_managers=True),
    Kind("plan_made", "A plan waits for approval", ("plan.made",), gather.managers,
         "A plan waits: {assigned} tasks assigned, {unassigned} not", for_managers=True),
    Kind("joined", "Somebody joins the workspace", ("member.joined",), gather.managers,
         "{actor} joined as {role}", for_managers=True),
)
# fmt: on
BY_NAME: Final = {kind.name: kind for kind in KINDS}
EVENTS: Final = tuple(dict.fromkeys(name for kind in KINDS for name in kind.events))
