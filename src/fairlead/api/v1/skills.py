"""The taxonomy of skills."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import BIGGEST, Body, Id, Line, PathId, Shown
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.people import actions, queries
from fairlead.people.models import Skill

routes = Routes(tags=["Skills"])
OLDEST = Order("skills", ("id",))
Name = Annotated[str, StringConstraints(max_length=80)]


class SkillOut(Shown):
    id: int
    name: str = Field(examples=["Python"])
    parent_id: int | None = Field(description="The broader skill: who has this one has that one, a level lower.")
    synonyms: list[str]
    description: str
    created_at: datetime


class SkillPage(Shown):
    items: list[SkillOut]
    next_cursor: str | None


class SkillFilter(Paging):
    name: str | None = Field(None, max_length=80, description="Only the skill with this name or synonym.")
    parent_id: int | None = Field(None, ge=1, le=BIGGEST, description="Only those right below this skill.")


class NewSkill(Body):
    name: Name
    parent_id: Id | None = None
    synonyms: list[Name] = Field([], max_length=20)
    description: Line = ""


class SkillChange(Body):
    name: Name = ""
    parent_id: Id | None = None
    synonyms: list[Name] = Field([], max_length=20)
    description: Line = ""


COLUMNS = tuple(SkillOut.model_fields)


@routes.on("GET", "/skills", scope="people:read", gives=SkillPage)
def list_skills(request: Call, wanted: Query[SkillFilter]) -> dict[str, Any]:
    """List skills"""
    found = queries.skills(request.actor)
    if wanted.name is not None:
        skill = queries.find_skill(request.actor, wanted.name)
        found = found.filter(pk=skill.pk if skill else 0)
    if wanted.parent_id is not None:
        found = found.filter(parent_id=wanted.parent_id)
    return paging.page(request, paging.cut(request, found.values(*COLUMNS), OLDEST, wanted))


@routes.on("POST", "/skills", scope="people:write", gives=SkillOut, status=201)
def create_skill(request: Call, body: NewSkill) -> Skill:
    """Add a skill"""
    values = body.given()
    values["parent"] = _parent(request, values.pop("parent_id", None))
    return actions.create_skill(values.pop("name"), actor=request.actor, now=request.now, **values)


@routes.on("GET", "/skills/{skill_id}", scope="people:read", gives=SkillOut)
def show_skill(request: Call, skill_id: PathId) -> Skill:
    """Show a skill"""
    return queries.get_skill(request.actor, skill_id)


@routes.on("PATCH", "/skills/{skill_id}", scope="people:write", gives=SkillOut)
def change_skill(request: Call, skill_id: PathId, body: SkillChange) -> Skill:
    """Change a skill

    Fields that are not sent stay as they are.
    """
    skill = queries.get_skill(request.actor, skill_id)
    values = body.given()
    if "parent_id" in values:
        values["parent"] = _parent(request, values.pop("parent_id"))
    return actions.change_skill(skill, actor=request.actor, now=request.now, **values)


def _parent(request: Call, skill_id: int | None) -> Skill | None:
    return None if skill_id is None else queries.get_skill(request.actor, skill_id)
