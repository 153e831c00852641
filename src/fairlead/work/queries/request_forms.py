"""Reading request forms and drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.work.models import Project, RequestDraft, RequestForm
from fairlead.work.permissions import may_manage_project
from fairlead.work.queries.visible import visible_projects


@dataclass(frozen=True)
class FormRow:
    """A form in a list; `used` is how often it was sent."""

    id: int
    name: str
    intro: str
    project_key: str
    questions: int
    published_at: datetime | None
    public_at: datetime | None
    used: int


def forms_of(project: Project) -> list[FormRow]:
    """The forms of a project by name, for its managers."""
    found = RequestForm.objects.filter(project=project, removed_at__isnull=True)
    return [
        FormRow(
            id=f.pk, name=f.name, intro=f.intro, project_key=project.key, questions=len(f.questions),
            published_at=f.published_at, public_at=f.public_at, used=f.used,
        )
        for f in found.annotate(used=Count("entries")).order_by("name", "id")
    ]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A form that a client may fill in."""

    id: int
    name: str
    intro: str
    project_key: str
    has_draft: bool


def forms_for(actor: Actor) -> list[Choice]:
    """The published forms of the projects that are shared with this client."""
    found = RequestForm.objects.filter(
        project__in=visible_projects(actor), project__archived_at__isnull=True, published_at__isnull=False,
        removed_at__isnull=True,
    )  # fmt: skip
    drafts = Count("requestdraft", filter=Q(requestdraft__user_id=actor.user_id or 0))
    rows = found.annotate(drafts=drafts).order_by("project__name", "name", "id")
    return [
        Choice(row["id"], row["name"], row["intro"], row["project__key"], row["drafts"] > 0)
        for row in rows.values("id", "name", "intro", "project__key", "drafts")
    ]


def find_form(actor: Actor, form_id: int) -> RequestForm:
    """A form that the actor may fill in (client) or manage. Raises Missing."""
    found = RequestForm.objects.filter(
        project__in=visible_projects(actor), removed_at__isnull=True, pk=form_id
    ).select_related("project")
    form = found.first()
    if form is None or (form.published_at is None and not may_manage_project(actor, form.project)):
        raise Missing(tr("There is no such form; it may have been closed."))
    return form


def typed_draft(actor: Actor, project: Project, form: RequestForm | None) -> dict[str, list[str]]:
    """What this person has typed before; empty without a draft."""
    found = RequestDraft.objects.filter(user_id=actor.user_id or 0, project=project, form=form)
    return dict(found.values_list("typed", flat=True).first() or {})
