"""The taxonomy of skills: the tree, new entries, changing and merging them."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.events.actor import Actor
from fairlead.lib.errors import require
from fairlead.lib.speech import later, tr
from fairlead.people import actions, queries
from fairlead.people.permissions import may_manage_skills, may_see_directory
from fairlead.web.access import Request, member_page
from fairlead.web.people_answer import FormPage, answer
from fairlead.web.people_forms import MergeForm, SkillForm
from fairlead.web.render import page

_MAY_NOT: Final = later("Only a manager can change the list of skills.")


def skill_choices(actor: Actor) -> list[tuple[int, str]]:
    """The taxonomy for a choice: children follow their parent, set in."""
    return [(pk, "\u2003" * depth + name) for pk, name, depth in queries.skill_choices(actor)]


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """The tree, with how many people have each skill."""
    require(may_see_directory(request.actor), tr("The directory is for the team. Ask an admin for another role."))
    text = request.GET.get("q", "")[:80]
    values = {
        "rows": queries.skill_rows(request.actor, text), "text": text, "manages": may_manage_skills(request.actor),
        "no_skills": not text and not queries.skills(request.actor).exists(),
    }  # fmt: skip
    return page(request, "skills/index.jinja", values, block="list")


def _back() -> tuple[str, str]:
    return tr("Skills"), reverse("skills")


@member_page
def new(request: Request) -> HttpResponse:
    """Another skill."""
    require(may_manage_skills(request.actor), _MAY_NOT)
    initial = {"name": request.GET.get("name", "")[:80]}
    form = SkillForm(request.POST or None, initial=initial, skills=skill_choices(request.actor))

    def act() -> str:
        given = dict(form.cleaned_data)
        parent = given.pop("parent")
        given["parent"] = queries.get_skill(request.actor, parent) if parent else None
        skill = actions.create_skill(given.pop("name"), actor=request.actor, now=timezone.now(), **given)
        return tr("%(name)s was added.", name=skill.name)

    return answer(request, form, FormPage(tr("Add a skill"), tr("Add skill"), _back()), act)


@member_page
def edit(request: Request, number: int) -> HttpResponse:
    """Names, place in the tree, description."""
    skill = queries.get_skill(request.actor, number)
    require(may_manage_skills(request.actor), _MAY_NOT)
    initial = {
        "name": skill.name, "synonyms": ", ".join(skill.synonyms), "parent": skill.parent_id,
        "description": skill.description,
    }  # fmt: skip
    others = [(pk, name) for pk, name in skill_choices(request.actor) if pk != skill.pk]
    form = SkillForm(request.POST or None, initial=initial, skills=others)

    def act() -> str:
        given = dict(form.cleaned_data)
        given["parent"] = queries.get_skill(request.actor, given["parent"]) if given["parent"] else None
        changed = actions.change_skill(skill, actor=request.actor, now=timezone.now(), **given)
        return tr("%(name)s was saved.", name=changed.name)

    return answer(request, form, FormPage(tr("Edit %(name)s", name=skill.name), tr("Save"), _back()), act)


@member_page
def merge(request: Request, number: int) -> HttpResponse:
    """Make two entries one."""
    skill = queries.get_skill(request.actor, number)
    require(may_manage_skills(request.actor), _MAY_NOT)
    others = [(pk, name) for pk, name in skill_choices(request.actor) if pk != skill.pk]
    form = MergeForm(request.POST or None, skills=others)

    def act() -> str:
        into = queries.get_skill(request.actor, form.cleaned_data["into"])
        actions.merge_skills(skill, into, actor=request.actor, now=timezone.now())
        return tr("%(name)s is now another name of %(other)s.", name=skill.name, other=into.name)

    intro = tr(
        "%(name)s becomes another name of the skill that you choose. Who has either then has that one, at the"
        " higher level, and tasks that ask for either find the same people. This cannot be undone.",
        name=skill.name,
    )
    return answer(
        request, form, FormPage(tr("Merge %(name)s", name=skill.name), tr("Merge"), _back(), intro=intro), act
    )


urls = [
    path("skills/", index, name="skills"),
    path("skills/new/", new, name="skill_new"),
    path("skills/<int:number>/", edit, name="skill_edit"),
    path("skills/<int:number>/merge/", merge, name="skill_merge"),
]
