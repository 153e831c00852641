"""Asking for something: by the plain form of a project, by a request form, by a public address; and drafts of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from fairlead.accounts.models import User
from fairlead.events.actor import SYSTEM, Actor
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Skill
from fairlead.work.actions.tasks import create_from_form, create_task
from fairlead.work.drafts import TaskDraft
from fairlead.work.forms import Typed, answers_of, draft_of, read_questions, wrong_answers
from fairlead.work.models import FormEntry, Project, RequestDraft, RequestForm, Task
from fairlead.work.permissions import may_fill_in, may_request

NOT_YOURS: Final = later("Only clients with whom the project is shared can send this.")
MAX_PART: Final = 10_000
MOST_TYPED: Final = 100_000


def request_work(
    project: Project, title: str, *, actor: Actor, now: datetime, why: str = "", links: str = "",
    due_at: datetime | None = None,
) -> Task:  # fmt: skip
    """A request in a client's own words."""
    require(may_request(actor, project), NOT_YOURS)
    long = tr("At most %(max_part)s characters.", max_part=MAX_PART)
    wrong = {name: long for name, text in (("why", why), ("links", links))
             if len(text) > MAX_PART}  # fmt: skip
    if not title.strip():
        wrong["title"] = tr("Say what you need.")
    if wrong:
        raise Invalid(wrong)
    parts = [why.strip(), f"**Links**\n\n{links.strip()}" if links.strip() else ""]
    with transaction.atomic():
        draft = TaskDraft(title=title, description="\n\n".join(filter(None, parts)), due_at=due_at)
        task = create_task(project, draft, actor=actor, now=now)
        drop_draft(project, None, actor=actor)
    return task


def submit_form(form: RequestForm, typed: Typed, *, actor: Actor, now: datetime, zone: str = "UTC") -> Task:
    """What a client asks through a published form. Raises Invalid with the ids of the questions that need a look."""
    require(may_fill_in(actor, form), NOT_YOURS)
    with transaction.atomic():
        task = _create(form, typed, {"user_id": actor.user_id}, actor=actor, now=now, zone=zone)
        drop_draft(form.project, form, actor=actor)
    return task


def submit_public(form: RequestForm, typed: Typed, *, name: str, email: str, now: datetime, zone: str = "UTC") -> Task:
    """What somebody without an account asks through the public address of a form; says who they are, unproven."""
    if form.public_at is None or form.removed_at is not None:
        raise Missing(tr("This form is closed. Ask whoever gave you the link for the present one."))
    who = {"name": " ".join(name.split()), "email": email.strip().lower()}
    wrong = _wrong_person(who["name"], who["email"])
    if wrong:
        raise Invalid({**wrong, **wrong_answers(read_questions(form.questions), typed)})
    actor = Actor(workspace_id=form.workspace_id, kind=SYSTEM, name=f"Form “{form.name}”")
    with transaction.atomic():
        return _create(form, typed, who, actor=actor, now=now, zone=zone)


def _create(form: RequestForm, typed: Typed, who: Mapping[str, Any], *, actor: Actor, now: datetime, zone: str) -> Task:
    questions = read_questions(form.questions)
    if wrong := wrong_answers(questions, typed):
        raise Invalid(wrong)
    draft = draft_of(form, typed, zone=zone, needs=_needs(form))
    task = create_from_form(form.project, draft, form.name, actor=actor, now=now)
    FormEntry.objects.create(
        workspace_id=form.workspace_id, form=form, task=task, answers=answers_of(questions, typed),
        form_version=form.version, created_at=now, **who,
    )  # fmt: skip
    return task


def _needs(form: RequestForm) -> dict[int, int]:
    """The skills of the form that are still there; one that was merged stands for the skill it became."""
    levels = {int(skill): level for skill, level in form.needs.items()}
    rows = Skill.objects.filter(workspace_id=form.workspace_id, pk__in=levels)
    return {into or pk: levels[pk] for pk, into in rows.values_list("pk", "merged_into_id")}


def _wrong_person(name: str, email: str) -> dict[str, str]:
    wrong = {}
    if not 0 < len(name) <= 120:
        wrong["name"] = tr("Say who you are, in at most 120 characters.")
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = tr("This is not an e-mail address.")
    return wrong


def save_draft(
    project: Project, form: RequestForm | None, typed: Mapping[str, Sequence[str]], *, actor: Actor, now: datetime
) -> None:
    """Keep what was typed so far for this person. No event: nothing was asked yet."""
    require(may_request(actor, project), NOT_YOURS)
    kept = {name: list(values) for name, values in typed.items() if any(value.strip() for value in values)}
    if sum(len(value) for values in kept.values() for value in values) > MOST_TYPED:
        raise Invalid({"": tr("This is too long to be kept as a draft.")})
    user = User(pk=actor.user_id)
    RequestDraft.objects.update_or_create(
        user=user, project=project, form=form,
        defaults={"typed": kept, "updated_at": now, "workspace_id": project.workspace_id},
    )  # fmt: skip


def drop_draft(project: Project, form: RequestForm | None, *, actor: Actor) -> None:
    """Forget what was typed."""
    RequestDraft.objects.filter(user_id=actor.user_id or 0, project=project, form=form).delete()
