"""Building request forms: managers write them, publish them in the portal, or give them a public address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.events.tenancy import bearer
from fairlead.lib.errors import Conflict, Invalid, Missing, require
from fairlead.lib.secrets import derived_secret, digest
from fairlead.lib.speech import tr
from fairlead.work.actions.projects import ONLY_MANAGERS
from fairlead.work.actions.tasks import check_skills
from fairlead.work.drafts import MAX_LABEL, MAX_LABELS, tidy_labels
from fairlead.work.forms import Question, wrong_questions
from fairlead.work.models import Project, RequestForm, Task
from fairlead.work.permissions import may_manage_project

FIELDS: Final = ("name", "intro", "questions", "labels", "priority", "needs")
MOST_FORMS: Final = 50


def create_form(
    project: Project, name: str, questions: Sequence[Question], *, actor: Actor, now: datetime, **more: Any
) -> RequestForm:
    """A new form, not published yet. `more`: intro, labels, priority, needs as {skill id: level}."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    values = _checked(project, None, {"name": name, "questions": questions, **more})
    if RequestForm.objects.filter(project=project, removed_at__isnull=True).count() >= MOST_FORMS:
        raise Invalid({"name": tr("A project has at most %(most)s forms. Remove one first.", most=MOST_FORMS)})
    with transaction.atomic():
        form = RequestForm.objects.create(workspace_id=project.workspace_id, project=project, created_at=now, **values)
        record("request_form.created", form, actor=actor, now=now, name=form.name)
    return form


def change_form(
    form: RequestForm, *, actor: Actor, now: datetime, version: int | None = None, **values: Any
) -> RequestForm:
    """Change any of: name, intro, questions, labels, priority, needs. Conflict for an old `version`."""
    _require(form, actor)
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"change_form does not know {', '.join(sorted(unknown))}")
    with transaction.atomic():
        form.refresh_from_db(from_queryset=RequestForm.objects.select_for_update(of=("self",)))
        if version is not None and version != form.version:
            raise Conflict(
                tr("%(name)s was changed by somebody else since you opened it. Look again, then save.", name=form.name)
            )
        tidy = _checked(form.project, form, values)
        changed = {name: value for name, value in tidy.items() if getattr(form, name) != value}
        if changed:
            changes = {name: [_told(getattr(form, name)), _told(value)] for name, value in changed.items()}
            _write(form, **changed)
            record("request_form.changed", form, actor=actor, now=now, changes=changes)
    return form


def publish_form(form: RequestForm, *, actor: Actor, now: datetime) -> RequestForm:
    """Show it in the portal."""
    return _set(form, "request_form.published", {"published_at": now}, actor=actor, now=now)


def unpublish_form(form: RequestForm, *, actor: Actor, now: datetime) -> RequestForm:
    """Take it out of the portal; a public address of its own stays."""
    return _set(form, "request_form.unpublished", {"published_at": None}, actor=actor, now=now)


def open_form(form: RequestForm, *, actor: Actor, now: datetime) -> RequestForm:
    """Give it an address that anybody can use who has it. Opening it again makes a new one; the old one ends."""
    values = {"public_at": now, "digest": digest(_secret(form.pk, now))}
    return _set(form, "request_form.opened", values, actor=actor, now=now)


def close_form(form: RequestForm, *, actor: Actor, now: datetime) -> RequestForm:
    """Let the public address end."""
    return _set(form, "request_form.closed", {"public_at": None, "digest": None}, actor=actor, now=now)


def reopen_form(form: RequestForm, public_at: datetime, *, actor: Actor, now: datetime) -> RequestForm:
    """Undo of `close_form`: the address that the form got at `public_at` works again. Once it does, nothing happens.

    Raises Conflict when the form has another one by now."""
    _require(form, actor)
    with transaction.atomic():
        form.refresh_from_db(from_queryset=RequestForm.objects.select_for_update(of=("self",)))
        if form.public_at == public_at:
            return form
        if form.public_at is not None:
            raise Conflict(tr("%(name)s has a new public address meanwhile.", name=form.name))
        _write(form, public_at=public_at, digest=digest(_secret(form.pk, public_at)))
        record("request_form.opened", form, actor=actor, now=now)
    return form


def remove_form(form: RequestForm, *, actor: Actor, now: datetime) -> dict[str, str]:
    """Take it away; what was asked through it stays. What `restore_form` takes."""
    was = {name: at.isoformat() if (at := getattr(form, name)) else "" for name in ("published_at", "public_at")}
    values = {"removed_at": now, "published_at": None, "public_at": None, "digest": None}
    _set(form, "request_form.removed", values, actor=actor, now=now, name=form.name)
    return was


def restore_form(form: RequestForm, was: dict[str, str], *, actor: Actor, now: datetime) -> RequestForm:
    """Bring a form back as `remove_form` found it, at its public address too. Once it is there, nothing happens.

    Raises Conflict when another form has its name by now."""
    require(may_manage_project(actor, form.project), ONLY_MANAGERS)
    public_at = datetime.fromisoformat(was["public_at"]) if was["public_at"] else None
    values = {
        "removed_at": None, "public_at": public_at,
        "published_at": datetime.fromisoformat(was["published_at"]) if was["published_at"] else None,
        "digest": digest(_secret(form.pk, public_at)) if public_at else None,
    }  # fmt: skip
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=form.project_id)
        form.refresh_from_db(fields=["removed_at", "name"])
        if form.removed_at is None:
            return form
        if text := _wrong_name(form.project, form, form.name):
            raise Conflict(text)
        _write(form, **values)
        record("request_form.restored", form, actor=actor, now=now, name=form.name)
    return form


def public_secret(form: RequestForm) -> str:
    """What stands in the public address; empty without one. Derived from the server's key, so it is kept nowhere."""
    return _secret(form.pk, form.public_at) if form.public_at else ""


def _secret(number: int, at: datetime) -> str:
    return derived_secret("flf_", settings.SECRET_KEY, f"request form:{number}:{at.isoformat()}")


def find_public_form(secret: str) -> RequestForm:
    """The form with this public address, from anywhere. Raises Missing."""
    with bearer(digest(secret)):
        found = RequestForm.objects.filter(digest=digest(secret), removed_at__isnull=True).first()
    if found is None:
        raise Missing(tr("This form is closed. Ask whoever gave you the link for the present one."))
    return found


def _set(
    form: RequestForm, kind: str, values: dict[str, Any], *, actor: Actor, now: datetime, **facts: str
) -> RequestForm:
    _require(form, actor)
    with transaction.atomic():
        _write(form, **values)
        record(kind, form, actor=actor, now=now, **facts)
    return form


def _require(form: RequestForm, actor: Actor) -> None:
    require(may_manage_project(actor, form.project), ONLY_MANAGERS)
    if form.removed_at is not None:
        raise Missing(tr("This form was removed."))


def _write(form: RequestForm, **values: Any) -> None:
    RequestForm.objects.filter(pk=form.pk).update(version=F("version") + 1, **values)
    form.refresh_from_db()


def _checked(project: Project, form: RequestForm | None, values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Raises Invalid; what is wrong with a question is said by its id."""
    tidy = dict(values)
    wrong: dict[str, str] = {}
    if "name" in tidy:
        tidy["name"] = tidy["name"].strip()
        if text := _wrong_name(project, form, tidy["name"]):
            wrong["name"] = text
    if "questions" in tidy:
        wrong |= wrong_questions(tidy["questions"])
        tidy["questions"] = [question.document() for question in tidy["questions"]]
    if len(tidy.get("intro", "")) > 500:
        wrong["intro"] = tr("At most 500 characters.")
    wrong |= _wrong_defaults(tidy)
    if wrong:
        raise Invalid(wrong)
    if "needs" in tidy:
        check_skills(project.workspace_id, tidy["needs"])
        tidy["needs"] = {str(skill): level for skill, level in tidy["needs"].items()}
    return tidy


def _wrong_defaults(tidy: dict[str, Any]) -> dict[str, str]:
    wrong = {}
    if "labels" in tidy:
        labels = tidy["labels"] = tidy_labels(tidy["labels"])
        if len(labels) > MAX_LABELS or any(len(label) > MAX_LABEL for label in labels):
            wrong["labels"] = tr(
                "At most %(n)s labels of at most %(most)s characters each.", n=MAX_LABELS, most=MAX_LABEL
            )
    if tidy.get("priority", 0) not in Task.Priority.values:
        wrong["priority"] = tr("Choose one of the priorities.")
    if any(not 1 <= level <= 5 for level in tidy.get("needs", {}).values()):
        wrong["needs"] = tr("A needed level is a number from 1 to 5.")
    return wrong


def _wrong_name(project: Project, form: RequestForm | None, name: str) -> str:
    if not 0 < len(name) <= 80:
        return tr("Give the form a name of at most 80 characters.")
    same = RequestForm.objects.filter(project=project, name=name, removed_at__isnull=True)
    if same.exclude(pk=form.pk if form else 0).exists():
        return tr("Another form of this project has this name.")
    return ""


def _told(value: Any) -> Any:
    """A value as it is told in the log: of the questions, how many."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{len(value)} question{'' if len(value) == 1 else 's'}"
    return value if isinstance(value, int | str | list) else ", ".join(map(str, value))
