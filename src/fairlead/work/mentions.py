"""Whom a comment names: `@Dana Reyes`, or `@Dana` when nobody else is called so. Below actions and queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from django.db.models import Q

from fairlead.accounts.models import Membership, Role
from fairlead.events.actor import Actor
from fairlead.lib.text import folded
from fairlead.work.models import Comment, ProjectClient, Task
from fairlead.work.reach import belonging_to

CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
NAME: Final = re.compile(r"(?:^|(?<=[\s(\[,;:*_]))@(?=\w)")
LONGEST: Final = 120


def people_to_mention(actor: Actor, task: Task, *, internal: bool) -> dict[int, str]:
    """{user id: name} of those whom the actor may name on the task, by name.

    For the team everybody who may read the comment. For a client whoever they meet on the task anyway: who has it, who
    wrote to them, and the other clients of the project.
    """
    here = Membership.objects.filter(workspace_id=task.workspace_id, removed_at__isnull=True, user__is_active=True)
    clients = ProjectClient.objects.filter(project_id=task.project_id).values("user_id")
    if actor.role == Role.CLIENT:
        wrote = Comment.objects.filter(task=task, internal=False, deleted_at__isnull=True).values("author_id")
        holder = task.assignee.user_id if task.assignee else None
        here = here.filter(Q(user_id__in=wrote) | Q(user_id__in=clients) | Q(user_id=holder or 0))
    if task.project.private:
        here = here.filter(belonging_to(task.project_id) | Q(user_id__in=clients))
    readers = Q(role=Role.CLIENT, user_id__in=clients) | ~Q(role=Role.CLIENT)
    rows = here.filter(~Q(role=Role.CLIENT) if internal else readers).order_by("user__name", "user_id")
    return dict(rows.values_list("user_id", "user__name"))


def mentioned(body: str, people: Mapping[int, str]) -> list[int]:
    """The ids of those whom the text names, in order. What stands in code names nobody; a name of two means neither."""
    text = CODE.sub(" ", body)
    found: dict[int, None] = {}
    known = _known(people)
    for start in NAME.finditer(text):
        after = " ".join(text[start.end() : start.end() + LONGEST].split())
        words = folded(after).split(" ")
        for count in range(min(len(words), 6), 0, -1):
            user_id = known.get(" ".join(words[:count]).rstrip("."))
            if user_id is not None:
                found[user_id] = None
                break
    return list(found)


def _known(people: Mapping[int, str]) -> dict[str, int]:
    """Folded full names, and first names that are one person's only."""
    full = [(folded(name), user_id) for user_id, name in people.items()]
    first = [(name.split(" ")[0], user_id) for name, user_id in full]
    counted = Counter(name for name, _ in {*full, *first})
    return {name: user_id for name, user_id in (*first, *full) if name and counted[name] == 1}
