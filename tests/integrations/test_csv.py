"""Reading CSV text into drafts: what is understood, what is refused and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fairlead.integrations.kinds.csv.fields import PEOPLE, TASKS, guess_mapping
from fairlead.integrations.kinds.csv.inbound import Options, decode, read_people, read_table, read_tasks
from fairlead.lib.errors import Invalid
from fairlead.work.states import State


def _tasks(text: str, **options: object) -> list[tuple[object, str]]:
    table = read_table(text)
    mapping = guess_mapping(table.headings, TASKS)
    return [(r.draft, r.problem) for r in read_tasks(table, mapping, Options(**options))]  # type: ignore[arg-type]


def _people(text: str) -> list[tuple[object, str]]:
    table = read_table(text)
    return [(r.draft, r.problem) for r in read_people(table, guess_mapping(table.headings, PEOPLE), Options())]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_recognised(separator: str) -> None:
    table = read_table(f"id{separator}title\r\n1{separator}Write\r\n")
    assert table.headings == ["id", "title"]
    assert table.rows == [(2, {"id": "1", "title": "Write"})]


def test_marks_and_old_encodings_are_read() -> None:
    assert decode("\ufeffTitel\nÄrger".encode("utf-8")) == "Titel\nÄrger"
    assert decode("Titel\nÄrger".encode("utf-16")) == "Titel\nÄrger"
    assert decode("Titel\nÄrger".encode("cp1252")) == "Titel\nÄrger"


def test_quoted_lines_keep_their_line_number_and_blank_lines_are_skipped() -> None:
    table = read_table('title,description\n\n"A","one\ntwo"\n,\nB,\n')
    assert [row["title"] for _, row in table.rows] == ["A", "B"]
    assert [line for line, _ in table.rows] == [4, 6]


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n1,2,3\n"])
def test_a_file_without_headings_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="first line has to name the columns"):
        read_table(text)


def test_headings_of_other_tools_are_recognised() -> None:
    jira = guess_mapping(["Issue key", "Summary", "Due Date", "Story Points", "Component"], TASKS)
    assert jira == {
        "external_id": ["Issue key"],
        "title": ["Summary"],
        "due": ["Due Date"],
        "effort": ["Story Points"],
        "labels": ["Component"],
    }


def test_a_task_is_read_with_all_its_values() -> None:
    text = (
        "id,title,labels,skills,effort,due,start,priority,status\n"
        "7,Write docs,docs;web,python:4; sql,1d 4h,2026-12-01,2026-11-30T09:00,High,In Progress\n"
    )
    [(draft, problem)] = _tasks(text, time_zone="Europe/Berlin", level=2)
    assert problem == ""
    assert draft.needs == {"python": 4, "sql": 2, "docs": 2, "web": 2}
    assert draft.state is State.RUNNING
    assert draft.values == {
        "description": "",
        "labels": ("docs", "web"),
        "priority": 3,
        "due_at": datetime(2026, 12, 1, 17, 0, tzinfo=UTC),
        "release_at": datetime(2026, 11, 30, 8, 0, tzinfo=UTC),
        "effort_min": 720,
    }


def test_a_bare_number_counts_units() -> None:
    [(draft, _)] = _tasks("title,points\nWrite,3\n", unit_min=30)
    assert draft.values["effort_min"] == 90


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",2h,,", "has no title"),
        ("A,soon,,", "has the effort 'soon'; write it as 2h, 1d, 45m or a number of units"),
        ("A,0,,", "has the effort '0'; it is from one minute to a year"),
        ("A,2h,tomorrow,", "has the due date 'tomorrow'; write it as 2026-11-30 or 2026-11-30T17:00"),
        ("A,2h,2026-02-30,", "has the due date '2026-02-30'; write it as 2026-11-30 or 2026-11-30T17:00"),
        ("A,2h,,python:9", "has the skill level '9' for python; levels go from 1 to 5"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row: str, problem: str) -> None:
    assert _tasks(f"title,effort,due,skills\n{row}\n") == [(None, problem)]


def test_the_same_id_twice_is_refused_with_the_line_of_the_first() -> None:
    assert _tasks("id,title\n1,A\n1,B\n")[1] == (None, "has the same id as line 2 (1)")


def test_a_person_is_read_with_skills_and_profile() -> None:
    heads = "id,name,email,type,skills,timezone,country,hours,rate\n"
    text = heads + "d1,Dana,d@x.org,Freelancer,go:5;sql,Europe/Rome,it,20,65.5\n"
    [(draft, problem)] = _people(text)
    assert problem == ""
    assert (draft.name, draft.external_id, draft.skills) == ("Dana", "d1", {"go": 5, "sql": 3})
    assert draft.profile == {
        "kind": "freelancer", "time_zone": "Europe/Rome", "email": "d@x.org", "country": "IT",
        "week_minutes": 1200, "rate_cents": 6550,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",employee,,", "has no name"),
        ("A,robot,,", "has the kind 'robot'; it is employee, freelancer or agent"),
        ("A,,Mars/Base,", "has the time zone 'Mars/Base'; one looks like Europe/Berlin"),
        ("A,,,-4", "has the hours a week '-4'; it is a number from 0 to 168"),
    ],
)
def test_a_person_that_cannot_be_used_says_why(row: str, problem: str) -> None:
    assert _people(f"name,kind,time zone,hours\n{row}\n") == [(None, problem)]
