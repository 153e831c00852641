"""Every kind of notice: which events it comes from, who gets it, what it says and where it goes unless told otherwise.

In a title `{key}` and `{task}` are the task's, `{actor}` did it, the rest comes from the event's payload.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from fairlead.lib.speech import later
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
    Kind("assigned", later("A task is given to me"), ("task.assigned",), gather.new_holder,
         later("{key} is yours: {task}"), mail=True, personal=True),
    Kind("unassigned", later("A task is taken back from me"), ("task.unassigned", "task.assigned"),
         gather.former_holder, later("{key} is no longer yours: {task}"), mail=True, personal=True),
    Kind("offered", later("A task is offered to me"), ("task.offered",), gather.named_worker,
         later("{key} is offered to you: {task}"), mail=True, personal=True, transactional=True, urgent=True),
    Kind("withdrawn", later("An offer to me is withdrawn"), ("task.offer_withdrawn",), gather.named_worker,
         later("{key} is no longer offered to you"), mail=True, personal=True, transactional=True, urgent=True),
    Kind("expiring", later("An offer to me is about to expire"), (), NOBODY,
         later("The offer of {key} ends soon: {task}"), mail=True, personal=True, urgent=True),
    Kind("mentioned", later("Somebody mentions me in a comment"), ("comment.added", "comment.edited"), gather.mentioned,
         later("{actor} mentioned you on {key}"), mail=True, personal=True),
    Kind("commented", later("A comment on my task"), ("comment.added",), gather.task_people,
         later("{actor} commented on {key}: {task}")),
    Kind("unblocked", later("A task of mine can start"), ("task.unblocked",), gather.holder,
         later("{key} can start, {after} is over: {task}")),
    Kind("approval_asked", later("Somebody asks me to approve something"), ("task.approvers_named",), gather.approvers,
         later("{key} waits for your approval: {task}"), mail=True, personal=True),
    Kind("approval_answered", later("An approval of mine is answered"),
         ("task.approval_given", "task.approval_refused", "task.approval_sent_back"), gather.author,
         later("{actor} answered {key}: {task}")),
    Kind("due", later("A task of mine is due tomorrow"), (), NOBODY,
         later("{key} is due tomorrow: {task}")),
    Kind("overdue", later("A task of mine is overdue"), (), NOBODY,
         later("{key} is overdue: {task}"), mail=True),
    Kind("plan_applied", later("A plan changes my work"), ("plan.applied", "plan.notice"), gather.planned_workers,
         later("A plan changes your work"), mail=True, transactional=True),
    Kind("time_off_decided", later("My time off is answered"), ("timeoff.approved", "timeoff.declined"),
         gather.time_off_worker, later("Your time off was {answer}"), mail=True),
    Kind("to_approve", later("My approval is asked for"), ("task.handed_over",), gather.reviewers,
         later("Please look at “{task}”"), mail=True, personal=True, for_clients=True, transactional=True),
    Kind("asked", later("I am asked a question"), ("comment.added",), gather.asked_clients,
         later("A question about “{task}”"), mail=True, personal=True, for_clients=True),
    Kind("approved", later("A client approves my work"), ("task.approved",), gather.task_people,
         later("{actor} approved {key}: {task}"), mail=True),
    Kind("changes", later("A client asks for changes"), ("task.changes_asked",), gather.task_people,
         later("{actor} asks for changes of {key}: {task}"), mail=True),
    Kind("calendar_failed", later("A calendar of mine cannot be read"), ("calendar.failed",), gather.calendar_owner,
         later("A calendar of yours cannot be read"), mail=True),
    Kind("change_order", later("A client wants more revisions than agreed"), ("task.beyond_revisions",),
         gather.managers, later("{key} needs a change order: {task}"), mail=True, for_managers=True),
    Kind("requested", later("A client asks for something"), ("task.requested",), gather.managers,
         later("{actor} asks for “{task}”"), for_managers=True),
    Kind("exhausted", later("Nobody accepted an offer"), ("task.offers_exhausted",), gather.managers,
         later("Nobody accepted {key}: {task}"), mail=True, for_managers=True, transactional=True),
    Kind("unroutable", later("A task cannot be given to anybody"), ("task.unroutable",), gather.managers,
         later("Nobody can do {key}: {task}"), for_managers=True),
    Kind("time_off_asked", later("Somebody asks for time off"), ("timeoff.requested",), gather.managers,
         later("{actor} asks for time off"), mail=True, for_managers=True),
    Kind("absent", later("Somebody reports an absence"), ("timeoff.approved",), gather.managers_of_absence,
         later("{actor} reports an absence from today"), mail=True, for_managers=True),
    Kind("plan_made", later("A plan waits for approval"), ("plan.made",), gather.managers,
         later("A plan waits: {assigned} assigned, {unassigned} not"), for_managers=True),
    Kind("joined", later("Somebody joins the workspace"), ("member.joined",), gather.managers,
         later("{actor} joined as {role}"), for_managers=True),
)
# fmt: on
BY_NAME: Final = {kind.name: kind for kind in KINDS}
EVENTS: Final = tuple(dict.fromkeys(name for kind in KINDS for name in kind.events))
