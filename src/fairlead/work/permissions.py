"""Who may do what with projects and tasks. Who may move a task from state to state is told by `states.TRANSITIONS`."""

from __future__ import annotations

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS, READERS, STAFF, in_scope
from fairlead.events.actor import AGENT, Actor
from fairlead.people.models import Worker
from fairlead.work.membership import ProjectRole
from fairlead.work.models import (
    Comment,
    Handover,
    Project,
    ProjectClient,
    RequestForm,
    Reviewer,
    Task,
    View,
)
from fairlead.work.reach import is_at_least, reach_of, role_in
from fairlead.work.states import AGENT_NEVER, AUTHOR, HOLDER, MANAGER, TRANSITIONS, State


def may_write(actor: Actor) -> bool:
    """Whether the actor's token, if there is one, lets it change work at all."""
    return in_scope(actor, "work:write")


def may_manage_projects(actor: Actor) -> bool:
    """Create projects, change their settings, columns and clients."""
    return actor.role in MANAGERS and may_write(actor)


def may_manage_project(actor: Actor, project: Project) -> bool:
    """Its settings, columns and clients: whoever leads it."""
    inside = project.workspace_id == actor.workspace_id and may_write(actor)
    return inside and is_at_least(actor, project.pk, ProjectRole.LEAD)


def leads(actor: Actor, project: Project) -> bool:
    """Whether the actor is what managers are in an open project that says nothing else."""
    return is_at_least(actor, project.pk, ProjectRole.LEAD)


def leads_any(actor: Actor) -> bool:
    """Whether there may be a project that the actor leads: managers, and who was made the lead of one."""
    given = reach_of(actor).roles
    leading = actor.role in MANAGERS or any(role_in(actor, pk) == ProjectRole.LEAD for pk in given)
    return leading and may_change_many(actor)


def may_see_people(actor: Actor, project: Project) -> bool:
    """Who belongs to a project: the team and auditors, as far as they see it."""
    return project.workspace_id == actor.workspace_id and actor.role in READERS


def may_manage_people(actor: Actor, project: Project) -> bool:
    """Say who belongs to a project, and as what, and whether it is private. Never an AI agent, whatever its role."""
    return actor.kind != AGENT and may_manage_project(actor, project)


def may_create_task(actor: Actor, project: Project) -> bool:
    """Contributors and leads of the project; clients, as requests, in those shared with them."""
    if project.workspace_id != actor.workspace_id or not may_write(actor):
        return False
    if actor.role == Role.CLIENT:
        return shared_with(actor, project.pk)
    return is_at_least(actor, project.pk, ProjectRole.CONTRIBUTOR)


def shared_with(actor: Actor, project_id: int) -> bool:
    """Whether the project was shared with this client."""
    return ProjectClient.objects.filter(
        workspace_id=actor.workspace_id, project_id=project_id, user_id=actor.user_id or 0
    ).exists()


def parts(actor: Actor, task: Task) -> frozenset[str]:
    """What the actor is to the task: any of MANAGER, HOLDER, AUTHOR. Clients, auditors and strangers are nothing."""
    if task.workspace_id != actor.workspace_id:
        return frozenset()
    holder = None if task.assignee is None else task.assignee.user_id
    return row_parts(actor, task.project_id, holder_user_id=holder, author_id=task.created_by_id)


def row_parts(actor: Actor, project_id: int, *, holder_user_id: int | None, author_id: int | None) -> frozenset[str]:
    """`parts` for a row of the actor's workspace, from the users who hold and who created the task."""
    if actor.role not in STAFF or not may_write(actor):
        return frozenset()
    role = role_in(actor, project_id)
    found = {MANAGER} if role == ProjectRole.LEAD else set()
    if actor.user_id is not None and role:
        if holder_user_id == actor.user_id:
            found.add(HOLDER)
        if author_id == actor.user_id and role in (ProjectRole.LEAD, ProjectRole.CONTRIBUTOR):
            found.add(AUTHOR)
    return frozenset(found)


def may_edit_task(actor: Actor, task: Task) -> bool:
    """Managers every task; contributors those that they hold or created."""
    return bool(parts(actor, task))


def may_delete_task(actor: Actor, task: Task) -> bool:
    """Managers every task; contributors those that they created."""
    return bool(parts(actor, task) & {MANAGER, AUTHOR})


def may_transfer(actor: Actor, task: Task) -> bool:
    """Move the task out of its project: whoever leads that."""
    return MANAGER in parts(actor, task)


def may_change_many(actor: Actor) -> bool:
    """Change tasks in one go, and take that back: the team, each task by the rules for one."""
    return actor.user_id is not None and actor.role in STAFF and may_write(actor)


def may_see_inside(actor: Actor) -> bool:
    """Read what is the team's own about a task: its checklist, who approves it."""
    return actor.role != Role.CLIENT


def may_order(actor: Actor, task: Task) -> bool:
    """Change the place of a card within its column: contributors and leads of the project."""
    inside = task.workspace_id == actor.workspace_id and may_write(actor)
    return inside and is_at_least(actor, task.project_id, ProjectRole.CONTRIBUTOR)


def may_arrange(actor: Actor, project: Project) -> bool:
    """Drag the cards of its board at all; each card by the rules for its task."""
    return may_write(actor) and is_at_least(actor, project.pk, ProjectRole.CONTRIBUTOR)


def next_states(actor: Actor, task: Task) -> list[State]:
    """The states that this actor may move the task to, in the order of the table."""
    mine, now = parts(actor, task), State(task.state)
    never = AGENT_NEVER if actor.kind == AGENT else frozenset()
    return [to for (at, to), who in TRANSITIONS.items() if at == now and who & mine and to not in never]


def may_triage(actor: Actor) -> bool:
    """Take the first look at what came in: managers; never an AI agent, which would choose the work."""
    return actor.role in MANAGERS and actor.kind != AGENT and may_write(actor)


def may_capture(actor: Actor) -> bool:
    """Keep private notes: the team, at the page; no token reads or writes them."""
    return actor.user_id is not None and actor.role in STAFF and actor.scopes is None


def may_keep_time(actor: Actor, worker: Worker) -> bool:
    """Blocks of one's own time: nobody keeps somebody else's."""
    own = worker.workspace_id == actor.workspace_id and worker.user_id == actor.user_id
    return own and actor.user_id is not None and actor.role in STAFF and may_write(actor)


def may_comment(actor: Actor, task: Task, *, internal: bool) -> bool:
    """Commenters and more of the project; a client where the project is shared with them, and never internally."""
    if task.workspace_id != actor.workspace_id or not may_write(actor):
        return False
    if actor.role == Role.CLIENT:
        return not internal and shared_with(actor, task.project_id)
    return is_at_least(actor, task.project_id, ProjectRole.COMMENTER)


def may_edit_comment(actor: Actor, comment: Comment) -> bool:
    mine = comment.author_id is not None and comment.author_id == actor.user_id
    return mine and may_comment(actor, comment.task, internal=comment.internal)


def may_remove_comment(actor: Actor, comment: Comment) -> bool:
    return may_edit_comment(actor, comment) or MANAGER in parts(actor, comment.task)


def may_save_view(actor: Actor) -> bool:
    """Every member has views of their own; auditors too: a view changes no work."""
    return actor.user_id is not None and may_write(actor)


def may_share_view(actor: Actor) -> bool:
    return actor.role in STAFF and may_write(actor)


def may_change_view(actor: Actor, view: View, *, removing: bool = False) -> bool:
    """Whose view it is; managers may also remove what others have shared."""
    if view.workspace_id != actor.workspace_id or not may_save_view(actor):
        return False
    return view.owner_id == actor.user_id or (removing and view.shared and actor.role in MANAGERS)


def may_hand_over(actor: Actor, task: Task) -> bool:
    """Put work to a client, or take it back: managers and whoever holds it. An AI agent leaves that to people."""
    return actor.kind != AGENT and bool(parts(actor, task) & {MANAGER, HOLDER})


def may_rate_client(actor: Actor, task: Task) -> bool:
    """Say how it was to work with the client: the person who did the work; where that was an AI agent or nobody,
    whoever leads the project. Leads read at once what the client said, so that theirs would not be a blind word."""
    mine = parts(actor, task)
    no_person = task.assignee is None or task.assignee.user_id is None or task.assignee.kind == AGENT
    return actor.kind != AGENT and (HOLDER in mine or (MANAGER in mine and no_person))


def may_judge(actor: Actor, handover: Handover) -> bool:
    """Approve, ask for changes, rate: clients who were asked, while the project is shared with them."""
    if actor.role != Role.CLIENT or actor.kind == AGENT or not may_write(actor):
        return False
    mine = Reviewer.objects.filter(handover=handover, user_id=actor.user_id or 0, workspace_id=actor.workspace_id)
    return shared_with(actor, handover.task.project_id) and mine.exists()


def may_request(actor: Actor, project: Project) -> bool:
    """Ask for something in the portal: clients with whom the project is shared."""
    return actor.role == Role.CLIENT and may_create_task(actor, project)


def may_fill_in(actor: Actor, form: RequestForm) -> bool:
    """Send a published form."""
    return form.published_at is not None and form.removed_at is None and may_request(actor, form.project)
