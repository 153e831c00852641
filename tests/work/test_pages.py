"""The pages of projects and tasks: what they show to whom, and that nothing typed is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.events.tenancy import enter
from fairlead.work import actions
from fairlead.work.models import ChecklistItem, Criterion, Dependency, Project, Status, Task, View
from work.conftest import Site, skill

HTMX = {"HX-Request": "true"}


class Browser:
    """One person's browser; every answer leaves the test inside acme again."""

    def __init__(self, who: Person, home: Person) -> None:
        self.client = Client()
        self.client.force_login(who.user)
        self.home = home

    def _back(self, answer: Any) -> Any:
        enter(self.home.workspace.pk)
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self._back(self.client.get(path, headers=headers or None))

    def post(self, path: str, values: dict[str, Any] | None = None, **more: Any) -> Any:
        return self._back(self.client.post(path, values or {}, **more))


@pytest.fixture
def open_as(site: Site) -> Callable[[Person], Browser]:
    return lambda who: Browser(who, site.world.alice)


@pytest.fixture
def alice(site: Site, open_as: Callable[[Person], Browser]) -> Browser:
    return open_as(site.world.alice)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


PAGES = [
    "/projects/WEB/", "/projects/WEB/list/", "/tasks/WEB-1/", "/tasks/WEB-1/move/",
    "/projects/WEB/settings/",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_gets_404_and_the_team_the_page(site: Site, open_as: Callable[[Person], Browser], path: str) -> None:
    site.make("Secret plan")
    assert open_as(site.world.alice).get(path).status_code == 200
    for who in (site.world.charlie, site.world.clara):
        answer = open_as(who).get(path)
        assert (answer.status_code, "Secret plan" in text(answer)) == (404, False)


def test_a_client_sees_a_shared_project_without_what_is_internal(
    site: Site, open_as: Callable[[Person], Browser]
) -> None:
    world = site.world
    scala = skill(world, "Scala", site.now)
    task = site.make("Map", needs={scala.pk: 4}, effort_min=300)
    actions.share_project(site.project, world.clara.user, actor=world.alice.actor, now=site.now)
    actions.add_comment(task, "Between us", internal=True, actor=world.bob.actor, now=site.now)
    actions.add_comment(task, "Dear client", internal=False, actor=world.bob.actor, now=site.now)
    shown = text(open_as(world.clara).get("/portal/WEB-1/"))
    assert "Dear client" in shown
    for hidden in ("Between us", "Scala", "5 h", "candidates"):
        assert hidden not in shown
    assert "5 h" not in text(open_as(world.clara).get("/projects/WEB/list/"))
    assert open_as(world.clara).get("/projects/WEB/settings/").status_code == 403


def test_a_project_is_created_with_a_key_from_its_name(site: Site, alice: Browser) -> None:
    answer = alice.post("/projects/new/", {"name": "Web shop launch"})
    assert answer["Location"] == "/projects/WSL/"
    again = alice.post("/projects/new/", {"name": "", "client": "Northwind"})
    assert again.status_code == 422
    assert "Northwind" in text(again)


def test_an_empty_list_of_projects_teaches(site: Site, alice: Browser) -> None:
    actions.archive_project(site.project, actor=site.world.alice.actor, now=site.now)
    shown = text(alice.get("/projects/"))
    assert "Your first project" in shown
    assert 'href="/import/"' in shown
    assert "Website" in text(alice.get("/projects/?archived=1"))


def test_a_task_is_created_with_everything_and_another_one_can_follow(site: Site, alice: Browser) -> None:
    scala, before = skill(site.world, "Scala", site.now), site.make("Before")
    values = {
        "project": "WEB", "title": "Port it", "description": "To **JVM**", "priority": "3", "effort_min": "1d 2h",
        "due_at": "2026-12-24", "labels": "backend, jvm", "need_skill": ["scala", ""], "need_level": ["4", "3"],
        "criteria": "- Fast\n- Tested", "after": str(before), "another": "1",
    }  # fmt: skip
    answer = alice.post("/tasks/new/", values)
    assert answer["Location"] == "/tasks/new/?project=WEB"
    task = Task.objects.get(title="Port it")
    assert (task.priority, task.effort_min, task.labels) == (3, 600, ["backend", "jvm"])
    assert [(n.skill_id, n.level) for n in task.needs.all()] == [(scala.pk, 4)]
    assert [c.text for c in task.criteria.all()] == ["Fast", "Tested"]
    assert [d.after for d in task.waits_for.all()] == [before]
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-12-24T18:00:00+00:00"


def test_a_refused_new_task_keeps_what_was_typed(site: Site, alice: Browser) -> None:
    values = {"project": "WEB", "title": "Port", "effort_min": "soon", "need_skill": ["Nonsense"], "need_level": ["2"]}
    answer = alice.post("/tasks/new/", values)
    shown = text(answer)
    assert answer.status_code == 422
    for kept in ('value="Port"', 'value="soon"', 'value="Nonsense"', "Write it like 45m", "no skill"):
        assert kept in shown
    assert Task.objects.count() == 0


def edit(task: Task, **values: Any) -> dict[str, Any]:
    """What the form of a task sends."""
    return {"version": task.version, "title": task.title, "description": task.description, "priority": 0, **values}


def test_a_task_is_edited_on_its_page(site: Site, alice: Browser) -> None:
    task = site.make()
    assert alice.post("/tasks/WEB-1/edit/", edit(task, title="Better", effort_min="2h")).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.effort_min, task.version) == ("Better", 120, 2)


def test_a_part_of_a_task_in_the_trash_leads_nowhere_and_can_be_changed(site: Site, alice: Browser) -> None:
    parent = site.make("Whole")
    task = site.make("Part", parent=parent)
    assert '<a href="/tasks/WEB-1/" class="clip">WEB-1</a>' in text(alice.get("/tasks/WEB-2/"))
    actions.delete_task(parent, actor=site.world.alice.actor, now=site.now)
    page = text(alice.get("/tasks/WEB-2/"))
    assert 'href="/tasks/WEB-1/"' not in page
    assert '<span class="clip">WEB-1, in the trash</span>' in page
    assert alice.post("/tasks/WEB-2/edit/", edit(task, title="Better", parent="web-1")).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.parent_id) == ("Better", parent.pk)
    other = text(alice.post("/tasks/WEB-2/edit/", edit(task, parent="WEB-3")))
    assert "There is no such task" in other
    assert alice.post("/tasks/WEB-2/edit/", edit(task, parent="")).status_code == 302
    assert Task.objects.get(pk=task.pk).parent is None


def test_a_wrong_value_is_said_beside_its_field_with_all_that_was_typed(site: Site, alice: Browser) -> None:
    answer = alice.post("/tasks/WEB-1/edit/", edit(site.make(), title="Better", effort_low_min="3h", effort_min="1h"))
    assert answer.status_code == 422
    assert "The efforts go up" in text(answer)
    assert "Better" in text(answer)
    assert 'value="3h"' in text(answer)


def test_saving_over_a_newer_version_shows_both_and_saves_the_second_time(site: Site, alice: Browser) -> None:
    task = site.make("Old")
    mine = edit(task, title="Mine", description="My words")
    actions.change_task(task, title="Theirs", priority=4, actor=site.world.alice.actor, now=site.now)
    answer = alice.post("/tasks/WEB-1/edit/", mine)
    shown = text(answer)
    assert answer.status_code == 422
    for part in ("Theirs", "Mine", "My words", "Urgent", 'name="version" id="edit-version" value="2"'):
        assert part in shown
    assert Task.objects.get().title == "Theirs"
    assert alice.post("/tasks/WEB-1/edit/", {**mine, "version": 2}).status_code == 302
    assert Task.objects.get().title == "Mine"


def test_a_due_time_that_was_not_touched_stays_to_the_minute(site: Site, alice: Browser) -> None:
    task = site.make(due_at=site.now.replace(day=27, hour=14, minute=30))
    alice.post("/tasks/WEB-1/edit/", edit(task, title="Better", due_at="2026-11-27"))
    assert Task.objects.get().due_at == task.due_at


def test_steps_move_the_task_and_a_refusal_says_why(site: Site, alice: Browser) -> None:
    site.make(criteria=("Fast",))
    assert alice.post("/tasks/WEB-1/start/")["Location"] == "/tasks/WEB-1/"
    assert Task.objects.get().state == "running"
    alice.post("/tasks/WEB-1/complete/")
    assert "Not done yet: Fast" in text(alice.get("/tasks/WEB-1/"))
    alice.post(f"/tasks/WEB-1/criteria/{Criterion.objects.get().pk}/check/")
    alice.post("/tasks/WEB-1/complete/")
    assert Task.objects.get().state == "done"


def test_the_page_offers_only_what_the_reader_may_do_next(site: Site, open_as: Callable[[Person], Browser]) -> None:
    site.make()
    assert "/tasks/WEB-1/start/" in text(open_as(site.world.alice).get("/tasks/WEB-1/"))
    for who in (site.world.bob, site.world.audrey):
        shown = text(open_as(who).get("/tasks/WEB-1/"))
        assert "/tasks/WEB-1/start/" not in shown
        assert 'id="edit"' not in shown
    assert open_as(site.world.bob).post("/tasks/WEB-1/start/").status_code == 403


def taken_back(alice: Browser, page: str = "/tasks/WEB-1/") -> None:
    """Press Undo in the message that the page shows."""
    toasts = text(alice.get(page)).rpartition('id="toasts"')[2].partition("<template")[0]
    alice.post(html.unescape(re.findall(r'action="([^"]+)"', toasts)[0]))


def test_every_step_and_everything_that_is_taken_off_a_task_comes_back(site: Site, alice: Browser) -> None:
    task, first = site.make(), site.make("First")
    for verb, state in (("start", "running"), ("complete", "done"), ("cancel", "cancelled")):
        alice.post(f"/tasks/WEB-1/{verb}/")
        assert Task.objects.get(pk=task.pk).state == state
        taken_back(alice)
        assert Task.objects.get(pk=task.pk).state == task.state

    alice.post("/tasks/WEB-1/criteria/", {"text": "Fast & “easy”"})
    alice.post(f"/tasks/WEB-1/criteria/{Criterion.objects.get().pk}/remove/")
    taken_back(alice)
    assert Criterion.objects.get().text == "Fast & “easy”"

    alice.post("/tasks/WEB-1/checklist/", {"text": "Call Mia"})
    item = ChecklistItem.objects.get()
    alice.post(f"/tasks/WEB-1/checklist/{item.pk}/", {"text": "Call Mia", "due_on": "2026-11-30"})
    alice.post(f"/tasks/WEB-1/checklist/{item.pk}/remove/")
    assert not ChecklistItem.objects.exists()
    taken_back(alice)
    assert [(one.text, str(one.due_on)) for one in ChecklistItem.objects.all()] == [("Call Mia", "2026-11-30")]

    alice.post("/tasks/WEB-1/waits-for/", {"after": str(first), "kind": "ss", "lag": "2d"})
    (before,) = Dependency.objects.values_list("kind", "lag_min")
    alice.post("/tasks/WEB-1/waits-for/remove/", {"after": str(first)})
    taken_back(alice)
    assert list(Dependency.objects.values_list("kind", "lag_min")) == [before]

    alice.post("/views/", {"name": "Mine & late", "query": "due=late&assignee=me", "shared": "on"})
    view = View.objects.get()
    alice.post(f"/views/{view.pk}/remove/")
    taken_back(alice, "/tasks/?all=1")
    again = View.objects.get()
    assert (again.name, again.query, again.shared) == (view.name, view.query, True)


def test_a_task_of_an_archived_project_says_so_and_offers_nothing_that_would_be_refused(
    site: Site, alice: Browser
) -> None:
    site.make()
    alice.post("/projects/WEB/archive/")
    shown = text(alice.get("/tasks/WEB-1/"))
    assert "This project is archived" in shown
    for part in ("/start/", "/complete/", "/cancel/", "/move/", "/subtasks/", "/candidates/"):
        assert f"/tasks/WEB-1{part}" not in shown


def test_a_title_that_nobody_can_see_is_none(site: Site, alice: Browser) -> None:
    answer = alice.post("/tasks/new/", {"project": "WEB", "title": "\u200b\u2060 \u3164", "priority": 0})
    assert answer.status_code == 422
    assert "Give the task a title." in text(answer)
    assert not Task.objects.exists()
    alice.post("/tasks/new/", {"project": "WEB", "title": "👩‍🚀", "priority": 0})
    assert Task.objects.get().title == "👩‍🚀"


def test_whoever_opens_a_task_in_the_trash_is_told_so(
    site: Site, alice: Browser, open_as: Callable[[Person], Browser]
) -> None:
    site.make("Precious")
    alice.post("/tasks/WEB-1/delete/")
    assert "WEB-1 is in the trash" in text(alice.get("/tasks/WEB-1/"))
    stranger = text(open_as(site.world.charlie).get("/tasks/WEB-1/"))
    assert "trash" not in stranger


def test_deleting_offers_undo_and_the_trash_restores(site: Site, alice: Browser) -> None:
    site.make("Precious")
    alice.post("/tasks/WEB-1/delete/")
    board = text(alice.get("/projects/WEB/"))
    assert 'action="/tasks/WEB-1/restore/"' in board
    assert alice.get("/tasks/WEB-1/").status_code == 404
    assert "Precious" in text(alice.get("/tasks/?deleted=1"))
    assert alice.post("/tasks/WEB-1/restore/")["Location"] == "/tasks/WEB-1/"


def test_a_drop_answers_with_the_card_and_a_refused_one_with_a_problem(site: Site, alice: Browser) -> None:
    first, task = site.make("First"), site.make("Second")
    actions.add_dependency(task, first, actor=site.world.alice.actor, now=site.now)
    script = {"headers": {"X-Board": "1", "Accept": "text/html, application/problem+json"}}
    place = {"status": site.column("Ready").pk, "after": "", "version": 1}
    answer = alice.post("/tasks/WEB-2/move/", place, **script)
    assert (answer.status_code, 'data-task="WEB-2" data-version="2"' in text(answer)) == (200, True)
    refused = alice.post(
        "/tasks/WEB-2/move/", {**place, "status": site.column("In progress").pk, "version": 2}, **script
    )
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert refused.json()["detail"].startswith("WEB-2 waits for WEB-1")
    old = alice.post("/tasks/WEB-2/move/", place, **script)
    assert old.status_code == 409


def test_without_a_script_a_form_moves_the_card(site: Site, alice: Browser) -> None:
    site.make()
    assert "Move to" in text(alice.get("/tasks/WEB-1/move/"))
    answer = alice.post("/tasks/WEB-1/move/", {"status": site.column("Ready").pk, "version": 1, "after": ""})
    assert answer["Location"] == "/projects/WEB/"
    again = alice.post("/tasks/WEB-1/move/", {"status": site.column("Done").pk, "version": 1, "after": ""})
    assert (again.status_code, "changed by somebody else" in text(again)) == (422, True)


def test_a_title_typed_into_a_column_becomes_a_task_there(site: Site, alice: Browser) -> None:
    values = {"title": "Quick", "status": site.column("Ready").pk, "here": "/projects/WEB/?label=x"}
    assert alice.post("/projects/WEB/add/", values)["Location"] == "/projects/WEB/?label=x"
    assert Task.objects.get().status.name == "Ready"
    assert alice.post("/projects/WEB/add/", {**values, "here": "https://evil.example/"})["Location"] == "/projects/WEB/"
    assert alice.post("/projects/WEB/add/", {**values, "title": " "}, headers=HTMX).status_code == 422


def test_the_board_is_filtered_by_its_address(site: Site, alice: Browser) -> None:
    site.make("Blue sky", labels=("design",), priority=4)
    site.held(site.world.bob, "Red earth")
    for query, shown in {
        "q=sky": ["Blue"], "label=design": ["Blue"], "priority=4": ["Blue"], "assignee=nobody": ["Blue"],
        "assignee=me": [], "due=none": ["Blue", "Red"], "q=web-2": ["Red"], "assignee=999": [],
        "due=nonsense": ["Blue", "Red"], "priority=%00": ["Blue", "Red"],
    }.items():  # fmt: skip
        page = text(alice.get(f"/projects/WEB/?{query}"))
        assert [word for word in ("Blue", "Red") if f"{word} " in page] == shown, query


def test_only_the_latest_done_tasks_are_shown_until_all_are_asked_for(site: Site, alice: Browser) -> None:
    drafts = [actions.TaskDraft(title=f"T{n}", status=site.column("Done")) for n in range(35)]
    actions.create_tasks(site.project, drafts, actor=site.world.alice.actor, now=site.now)
    page = text(alice.get("/projects/WEB/"))
    assert page.count('class="card done"') == 30
    assert "Show all 35" in page
    assert text(alice.get("/projects/WEB/?all=1")).count('class="card done"') == 35


def test_a_long_column_loads_the_rest_when_asked(site: Site, alice: Browser) -> None:
    drafts = [actions.TaskDraft(title=f"T{n:03}") for n in range(150)]
    actions.create_tasks(site.project, drafts, actor=site.world.alice.actor, now=site.now)
    page = text(alice.get("/projects/WEB/"))
    assert page.count('class="card"') == 60
    column = site.column("Backlog").pk
    assert f"/projects/WEB/columns/{column}/more/?skip=60" in page
    second = text(alice.get(f"/projects/WEB/columns/{column}/more/?skip=60", **HTMX))
    assert (second.count('class="card"'), "T060" in second, "skip=120" in second) == (60, True, True)
    last = text(alice.get(f"/projects/WEB/columns/{column}/more/?skip=120", **HTMX))
    assert (last.count('class="card"'), "skip=" in last) == (30, False)


def test_the_list_sorts_groups_and_turns_pages(site: Site, alice: Browser) -> None:
    drafts = [actions.TaskDraft(title=f"T{n:03}", priority=n % 2) for n in range(60)]
    actions.create_tasks(site.project, drafts, actor=site.world.alice.actor, now=site.now)
    page = text(alice.get("/projects/WEB/list/?sort=title"))
    assert page.index("T000") < page.index("T001")
    assert "1–50 of 60" in page
    assert "51–60 of 60" in text(alice.get("/projects/WEB/list/?sort=title&page=2"))
    grouped = text(alice.get("/tasks/?group=priority&sort=title"))
    assert grouped.index(">Low<") < grouped.index("T001")
    assert alice.get("/tasks/?page=999&sort=%27&group=x").status_code == 200


def test_a_description_is_shown_as_safe_html(site: Site, alice: Browser) -> None:
    site.make(description="**bold** <script>alert(1)</script> [x](javascript:alert(1))")
    shown = text(alice.get("/tasks/WEB-1/"))
    assert "<strong>bold</strong>" in shown
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown
    assert text(alice.post("/tasks/preview/", {"description": "*x*<b onclick=y>"})).startswith("<p><em>x</em>")


def test_columns_are_managed_in_the_settings_and_a_refusal_keeps_the_typed(site: Site, alice: Browser) -> None:
    ready = site.column("Ready")
    alice.post(f"/projects/WEB/columns/{ready.pk}/", {"name": "Next", "state": "ready", "wip_limit": "4"})
    ready.refresh_from_db()
    assert (ready.name, ready.wip_limit) == ("Next", 4)
    answer = alice.post("/projects/WEB/columns/", {"name": "Next", "state": "running", "wip_limit": ""})
    assert (answer.status_code, "There is a column Next already" in text(answer)) == (422, True)
    alice.post(f"/projects/WEB/columns/{ready.pk}/place/", {"position": "0"})
    assert Status.objects.filter(project=site.project)[0].name == "Next"
    site.make(status=Status.objects.get(pk=ready.pk))
    refused = alice.post(f"/projects/WEB/columns/{ready.pk}/remove/", {"move_to": site.column("Done").pk})
    assert (refused.status_code, "means the same" in text(refused)) == (422, True)
    gone = alice.post(f"/projects/WEB/columns/{ready.pk}/remove/", {"move_to": site.column("Backlog").pk})
    assert gone["Location"] == "/projects/WEB/settings/"


def test_a_project_is_shared_archived_and_restored_on_its_page(site: Site, alice: Browser) -> None:
    clara = site.world.clara
    alice.post("/projects/WEB/share/", {"user": clara.user.pk})
    assert clara.user.email in text(alice.get("/projects/WEB/settings/"))
    alice.post("/projects/WEB/unshare/", {"user": clara.user.pk})
    assert alice.post("/projects/WEB/share/", {"user": site.world.charlie.user.pk}).status_code == 404
    alice.post("/projects/WEB/archive/")
    assert "archived" in text(alice.get("/projects/WEB/"))
    alice.post("/projects/WEB/restore/")
    assert Project.objects.get().archived_at is None


def test_comments_are_written_changed_and_removed(
    site: Site, alice: Browser, open_as: Callable[[Person], Browser]
) -> None:
    task = site.make()
    alice.post("/tasks/WEB-1/comments/", {"body": "For **you**", "to": "client"})
    comment = task.comments.get()
    assert comment.internal is False
    assert "For <strong>you</strong>" in text(alice.get("/tasks/WEB-1/"))
    address = f"/tasks/WEB-1/comments/{comment.pk}/"
    assert open_as(site.world.bob).post(address, {"body": "Mine"}).status_code == 403
    kept = alice.post(address, {"body": " "})
    assert (kept.status_code, "Write something" in text(kept)) == (422, True)
    alice.post(address, {"body": "Better"})
    alice.post(f"{address}remove/")
    assert "Better" not in text(alice.get("/tasks/WEB-1/"))


def test_subtasks_and_order_are_added_on_the_page(site: Site, alice: Browser) -> None:
    site.make("Whole")
    site.make("First")
    alice.post("/tasks/WEB-1/subtasks/", {"title": "Part"})
    alice.post("/tasks/WEB-1/waits-for/", {"after": "web-2"})
    shown = text(alice.get("/tasks/WEB-1/"))
    assert "Part" in shown
    assert "Waits for WEB-2" in shown
    alice.post("/tasks/WEB-1/waits-for/", {"after": "WEB-99"})
    assert "You typed: WEB-99" in text(alice.get("/tasks/WEB-1/"))
    alice.post("/tasks/WEB-1/waits-for/remove/", {"after": "WEB-2"})
    assert "Waits for WEB-2" not in text(alice.get("/tasks/WEB-1/"))


def queries_of(alice: Browser, path: str) -> int:
    alice.get(path)
    with CaptureQueriesContext(connection) as found:
        assert alice.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    ("path", "most"), [("/projects/", 20), ("/projects/WEB/", 32), ("/projects/WEB/list/", 31), ("/tasks/WEB-1/", 45)]
)
def test_a_page_asks_the_database_equally_often_for_few_and_for_many_tasks(
    site: Site, alice: Browser, path: str, most: int
) -> None:
    def grow(count: int) -> None:
        first = Task.objects.first()
        drafts = [
            actions.TaskDraft(
                title=f"T{n}", labels=("a",), criteria=("c",), parent=first, after=(first.pk,) if first else ()
            )
            for n in range(count)
        ]
        tasks = actions.create_tasks(site.project, drafts, actor=site.world.alice.actor, now=site.now)
        actions.add_comment(tasks[0], "x", internal=True, actor=site.world.bob.actor, now=site.now)

    site.held(site.world.bob, criteria=("c",))
    grow(2)
    few = queries_of(alice, path)
    grow(40)
    assert queries_of(alice, path) == few
    assert few <= most


def test_a_column_that_was_opened_further_keeps_its_cards_when_news_arrive(site: Site, alice: Browser) -> None:
    for n in range(65):
        site.make(f"T{n}")
    status = Task.objects.filter(number=1).get().status_id

    def held(cards: str) -> tuple[int, bool]:
        shown = text(alice.get("/projects/WEB/", **{"X-Cards": cards}))
        return shown.count(' data-task="'), "Load more" in shown

    assert held("") == held(f"{status}:60") == held(f"{status}:abc 7") == (60, True)
    assert held(f"{status}:64") == (64, True)
    assert held(f"{status}:200") == (65, False)
    more = text(alice.get(f"/projects/WEB/columns/{status}/more/?skip=60", **HTMX))
    assert more.count(' data-task="') == 5


def test_what_an_action_said_waits_for_a_page_that_shows_it(site: Site, alice: Browser) -> None:
    alice.post(f"/tasks/{site.make()}/delete/")
    told = f'toast-text">{Task.objects.get()} '
    assert told not in text(alice.get("/tasks/", **HTMX, **{"X-Part": "1"}))
    assert told not in text(alice.get("/palette/?q=price", **HTMX))
    assert told not in text(alice.get("/notices/", **HTMX))
    assert told not in text(alice.get("/offline/"))
    assert told in text(alice.get("/tasks/"))
    assert told not in text(alice.get("/tasks/"))
