"""The taxonomy: names that mean one thing, parents, and merging."""

from __future__ import annotations

import pytest

from conftest import NOW, World
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.people import actions, queries
from fairlead.people.models import Preference, Skill, WorkerSkill
from people.team import Team, count_events, events


def test_a_new_skill_is_recorded_with_its_parent(world: World, team: Team) -> None:
    assert events("skill.created")[1] == {"name": "Scala", "parent": "Functional programming"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("  SCALA ", "There is already a skill called Scala."),
        ("Scala-Lang", "Scala-Lang is already another name of Scala."),
        ("   ", "Give the skill a name."),
        ("x" * 81, "A name has at most 80 characters."),
    ],
)
def test_a_name_that_is_taken_is_refused_and_says_by_which(world: World, team: Team, name: str, said: str) -> None:
    before = count_events()
    with pytest.raises(Invalid) as refusal:
        actions.create_skill(name, actor=world.alice.actor, now=NOW)
    assert refusal.value.fields == {"name": said}
    assert count_events() == before


def test_a_synonym_that_is_anothers_name_is_refused(world: World, team: Team) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.create_skill("Prose", synonyms=["writing"], actor=world.alice.actor, now=NOW)
    assert refusal.value.fields == {"synonyms": "There is already a skill called Writing."}


def test_synonyms_are_kept_once_and_without_the_name_itself(world: World, team: Team) -> None:
    skill = actions.create_skill("C#", synonyms=["CSharp", "csharp ", "c#", ""], actor=world.alice.actor, now=NOW)
    assert skill.synonyms == ["CSharp"]


@pytest.mark.parametrize("who", ["bob", "dana", "echo", "clara", "audrey"])
def test_only_managers_change_the_taxonomy(world: World, team: Team, who: str) -> None:
    actor = getattr(world, who).actor
    with pytest.raises(Forbidden):
        actions.create_skill("Rust", actor=actor, now=NOW)
    with pytest.raises(Forbidden):
        actions.change_skill(team.scala, name="Scala 3", actor=actor, now=NOW)
    with pytest.raises(Forbidden):
        actions.merge_skills(team.scala, team.writing, actor=actor, now=NOW)


def test_a_stranger_cannot_touch_or_find_a_skill(world: World, team: Team) -> None:
    stranger = world.charlie.actor
    with pytest.raises(Missing):
        actions.change_skill(team.scala, name="Mine", actor=stranger, now=NOW)
    with pytest.raises(Missing):
        actions.merge_skills(team.scala, team.writing, actor=stranger, now=NOW)
    with pytest.raises(Missing):
        queries.get_skill(stranger, team.scala.pk)
    assert queries.find_skill(stranger, "Scala") is None
    enter(stranger.workspace_id)
    assert actions.create_skill("Scala", actor=stranger, now=NOW).name == "Scala"


def test_a_change_records_only_what_changed(world: World, team: Team) -> None:
    changed = actions.change_skill(team.scala, name="Scala", synonyms=["Scala 3"], actor=world.alice.actor, now=NOW)
    assert changed.synonyms == ["Scala 3"]
    assert events("skill.changed") == [{"changes": {"synonyms": [["scala lang"], ["Scala 3"]]}}]
    actions.change_skill(team.scala, synonyms=["Scala 3"], actor=world.alice.actor, now=NOW)
    assert len(events("skill.changed")) == 1


def test_parents_cannot_form_a_circle(world: World, team: Team) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.change_skill(team.functional, parent=team.scala, actor=world.alice.actor, now=NOW)
    assert refusal.value.fields["parent"] == (
        "Scala is itself below Functional programming, so it cannot also be above it."
    )


@pytest.mark.parametrize("text", ["Scala", "scala", " SCÁLA", "Scala Lang", "scala-lang"])
def test_a_skill_is_found_by_any_of_its_names(world: World, team: Team, text: str) -> None:
    assert queries.find_skill(world.bob.actor, text) == team.scala


def test_the_level_in_effect_reaches_the_parents_one_lower_each(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    programming = actions.create_skill("Programming", **by)
    actions.change_skill(team.functional, parent=programming, **by)
    actions.set_skill(team.bob, team.scala, 2, **by)
    levels = queries.skill_levels(world.workspace.pk, [team.bob.pk, team.dana.pk])
    assert levels == {
        team.bob.pk: {team.scala.pk: 2, team.functional.pk: 1, programming.pk: 1},
        team.dana.pk: {},
    }


def test_a_level_of_ones_own_counts_when_it_is_higher_than_the_inherited_one(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.set_skill(team.bob, team.scala, 5, **by)
    actions.set_skill(team.bob, team.functional, 2, **by)
    assert queries.skill_levels(world.workspace.pk)[team.bob.pk] == {team.scala.pk: 5, team.functional.pk: 4}


def test_levels_of_the_skills_that_are_asked_are_those_among_all(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    programming = actions.create_skill("Programming", **by)
    actions.change_skill(team.functional, parent=programming, **by)
    cobol = actions.create_skill("COBOL", **by)
    for worker, skill, level in ((team.bob, team.scala, 4), (team.dana, cobol, 3), (team.dana, team.writing, 2)):
        actions.set_skill(worker, skill, level, **by)
    actions.merge_skills(cobol, programming, **by)

    def asked(*skills: int) -> dict[int, dict[int, int]]:
        found = queries.skill_levels(world.workspace.pk, asked=skills)
        return {pk: {skill: levels[skill] for skill in skills if skill in levels} for pk, levels in found.items()}

    assert asked(programming.pk) == {team.bob.pk: {programming.pk: 2}, team.dana.pk: {programming.pk: 3}}
    assert asked(cobol.pk) == {team.bob.pk: {cobol.pk: 2}, team.dana.pk: {cobol.pk: 3}}
    assert asked(team.scala.pk) == {team.bob.pk: {team.scala.pk: 4}}


def test_a_certificate_that_has_expired_does_not_count(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.set_skill(team.bob, team.writing, 4, expires_on=NOW.date(), **by)
    on_the_day = queries.skill_levels(world.workspace.pk, [team.bob.pk], on=NOW.date())
    later = queries.skill_levels(world.workspace.pk, [team.bob.pk], on=NOW.date().replace(day=24))
    assert (on_the_day[team.bob.pk], later[team.bob.pk]) == ({team.writing.pk: 4}, {})


def test_merging_moves_levels_wishes_children_and_names(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    dotty = actions.create_skill("Dotty", synonyms=["Scala 3"], **by)
    macros = actions.create_skill("Macros", parent=dotty, **by)
    actions.set_skill(team.bob, team.scala, 2, **by)
    actions.set_skill(team.bob, dotty, 4, evidence="Talk", **by)
    actions.set_skill(team.dana, team.scala, 3, **by)
    actions.set_skill(team.dana, dotty, 1, **by)
    actions.set_preferences(team.bob, wants=[dotty], avoids=[], **by)
    into = actions.merge_skills(dotty, team.scala, **by)
    assert into.synonyms == ["scala lang", "Dotty", "Scala 3"]
    held = WorkerSkill.objects.order_by("worker_id").values_list("worker_id", "skill__name", "level", "evidence")
    assert list(held) == [(team.bob.pk, "Scala", 4, "Talk"), (team.dana.pk, "Scala", 3, "")]
    assert Preference.objects.get().skill_id == team.scala.pk
    assert Skill.objects.get(pk=macros.pk).parent_id == team.scala.pk
    assert queries.find_skill(world.bob.actor, "dotty") == team.scala
    assert dotty.pk not in set(queries.skills(world.bob.actor).values_list("pk", flat=True))
    assert events("skill.merged") == [{"into": team.scala.pk, "name": "Scala"}]


def test_what_still_asks_for_a_merged_skill_is_met_by_who_has_the_other(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    dotty = actions.create_skill("Dotty", **by)
    actions.set_skill(team.bob, team.scala, 4, **by)
    actions.merge_skills(dotty, team.scala, **by)
    assert queries.skill_levels(world.workspace.pk)[team.bob.pk][dotty.pk] == 4


def test_a_skill_merges_into_its_own_child_without_a_circle(world: World, team: Team) -> None:
    actions.merge_skills(team.functional, team.scala, actor=world.alice.actor, now=NOW)
    assert Skill.objects.get(pk=team.scala.pk).parent_id is None
    assert [row.name for row in queries.skill_rows(world.bob.actor)] == ["Scala", "Writing"]


def test_a_skill_is_merged_once_and_never_into_itself(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    with pytest.raises(Invalid):
        actions.merge_skills(team.scala, team.scala, **by)
    actions.merge_skills(team.scala, team.writing, **by)
    with pytest.raises(Conflict, match="Scala was merged into Writing"):
        actions.merge_skills(team.scala, team.functional, **by)


def test_a_name_is_free_again_after_its_merged_row_was_renamed_away(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.merge_skills(team.scala, team.writing, **by)
    actions.change_skill(team.writing, synonyms=[], **by)
    assert actions.create_skill("Scala", **by).name == "Scala"


def test_the_tree_is_in_reading_order_with_how_many_have_each(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.set_skill(team.bob, team.scala, 4, **by)
    actions.set_skill(team.dana, team.scala, 3, actor=world.dana.actor, now=NOW)
    rows = [(r.name, r.depth, r.workers, r.unconfirmed) for r in queries.skill_rows(world.bob.actor)]
    assert rows == [("Functional programming", 0, 2, 0), ("Scala", 1, 2, 1), ("Writing", 0, 0, 0)]
    assert [r.name for r in queries.skill_rows(world.bob.actor, "lang")] == ["Scala"]


def test_whoever_has_several_skills_below_one_is_counted_once_and_former_people_never(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    java = actions.create_skill("Java", parent=team.functional, **by)
    for skill in (team.scala, java, team.functional):
        actions.set_skill(team.bob, skill, 1, **by)
    actions.set_skill(team.dana, java, 1, actor=world.dana.actor, now=NOW)
    actions.set_skill(team.alice, team.writing, 2, **by)
    actions.merge_skills(team.writing, java, **by)
    rows = {r.name: (r.workers, r.unconfirmed) for r in queries.skill_rows(world.bob.actor)}
    assert rows == {"Functional programming": (3, 0), "Scala": (1, 0), "Java": (3, 1)}
    actions.deactivate_worker(team.dana, **by)
    rows = {r.name: (r.workers, r.unconfirmed) for r in queries.skill_rows(world.bob.actor)}
    assert rows == {"Functional programming": (2, 0), "Scala": (1, 0), "Java": (2, 0)}
