# ruff: noqa: F811  fixtures of another module are parameters here
"""Fields, types and checklists on pages: filled in place, sorted, filtered, searched, changed in bulk, exported."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.work import actions
from fairlead.work.fields.models import Field, FieldValue
from fairlead.work.models import Task
from fairlead.work.types.models import TaskType
from work.conftest import Site
from work.fielded import add_all, add_field, fill, known, option
from work.test_pages import HTMX, Browser, alice, open_as, text  # noqa: F401  fixtures

LIST = "/projects/WEB/list/"


def keys(answer: object) -> list[str]:
    """The tasks of a list in their order."""
    return re.findall(r'<tr data-row="(WEB-\d+)"', text(answer))  # type: ignore[arg-type]


def filled_site(site: Site) -> None:
    """Three tasks with budgets 300, none and 20, of stages Live, Draft and none."""
    add_all(site)
    for budget, stage in ((300_00, "Live"), (None, "Draft"), (20_00, None)):
        task = site.make()
        fill(site, task, budget=budget, stage=option(known(site, "stage"), stage) if stage else None)


def test_the_list_sorts_filters_and_groups_by_a_field(site: Site, alice: Browser) -> None:
    filled_site(site)
    assert keys(alice.get(f"{LIST}?cols=title,f.budget&sort=f.budget")) == ["WEB-3", "WEB-1", "WEB-2"]
    assert keys(alice.get(f"{LIST}?cols=title,f.budget&sort=-f.budget")) == ["WEB-1", "WEB-3", "WEB-2"]
    for query, found in (
        ("f.budget=>100", ["WEB-1"]), ("f.budget=10..300", ["WEB-1", "WEB-3"]), ("f.budget=none", ["WEB-2"]),
        ("f.budget=any&f.stage=live", ["WEB-1"]), ("f.stage=Draft", ["WEB-2"]), ("f.budget=nonsense", None),
        ("f.nothing=3", None),
    ):  # fmt: skip
        expected = ["WEB-1", "WEB-2", "WEB-3"] if found is None else found
        assert sorted(keys(alice.get(f"{LIST}?{query}"))) == expected, query
    grouped = text(alice.get(f"{LIST}?group=f.stage&cols=title,f.budget"))
    assert "€300.00" in grouped
    assert grouped.index("Draft</th>") < grouped.index("Live</th>") < grouped.index("No Stage</th>")


def test_the_search_knows_fields_and_types(site: Site, alice: Browser) -> None:
    filled_site(site)
    bug = TaskType.objects.get(workspace=site.world.workspace, key="bug")
    site.make("Broken", type=bug.pk)
    for query, found in (
        ("budget:>100", "WEB-1"), ("stage:draft", "WEB-2"), ("type:bug", "WEB-4"), ("-type:bug budget:20", "WEB-3"),
    ):  # fmt: skip
        answer = alice.get(f"/search/?q={query}")
        assert f"/tasks/{found}/" in text(answer), query
        assert "1 task<" in text(answer), query
    assert alice.get("/search/?q=budget:x").status_code == 422


def test_a_cell_is_filled_and_taken_back(site: Site, alice: Browser) -> None:
    add_all(site)
    site.make(effort_min=60)
    cols = "?cols=title,f.budget,f.rate"
    assert 'name="value"' in text(alice.get(f"/tasks/WEB-1/cell/f.budget/{cols}", **HTMX))
    row = alice.post(f"/tasks/WEB-1/cell/f.budget/save/{cols}", {"value": "1,250.5"}, headers=HTMX)
    assert text(row).count("€1,250.50") == 1
    assert "1,250.5" in text(row)
    wrong = alice.post(f"/tasks/WEB-1/cell/f.budget/save/{cols}", {"value": "much"}, headers=HTMX)
    assert wrong.status_code == 422
    assert alice.get(f"/tasks/WEB-1/cell/f.rate/{cols}").status_code == 404
    assert alice.get(f"/tasks/WEB-1/cell/f.nothing/{cols}").status_code == 404
    batch = Task.objects.get().batchline_set.get().batch
    alice.post(f"/batches/{batch.pk}/undo/")
    assert FieldValue.objects.count() == 0


def test_the_page_of_a_task_says_what_is_wrong_beside_the_field(site: Site, alice: Browser) -> None:
    add_all(site)
    site.make()
    wrong = alice.post("/tasks/WEB-1/fields/launch/", {"value": "soon"}, headers=HTMX)
    assert (wrong.status_code, "Launch is a day like" in text(wrong), 'value="soon"' in text(wrong)) == (
        422,
        True,
        True,
    )
    right = alice.post("/tasks/WEB-1/fields/channels/", {"value": [str(o.id) for o in known(site, "channels").options]})
    assert right.status_code == 302
    assert FieldValue.objects.filter(kind="multi").count() == 3
    assert alice.post("/tasks/WEB-1/fields/nothing/", {"value": "x"}).status_code == 404


def test_a_new_task_brings_its_values_and_keeps_what_was_typed(site: Site, alice: Browser) -> None:
    add_all(site)
    wrong = alice.post("/tasks/new/?project=WEB", {"title": "A", "project": "WEB", "field-budget": "much"})
    assert (wrong.status_code, 'value="much"' in text(wrong), Task.objects.count()) == (422, True, 0)
    alice.post("/tasks/new/?project=WEB", {"title": "A", "project": "WEB", "field-budget": "5", "field-account": "x"})
    assert sorted(FieldValue.objects.values_list("field__key", flat=True)) == ["account", "budget"]


def test_many_tasks_are_filled_at_once_and_come_back(site: Site, alice: Browser) -> None:
    filled_site(site)
    sent = {"task": ["WEB-1", "WEB-2"], "own_field": "stage", "own_value": "Old"}
    assert "2 tasks" in text(alice.post("/tasks/bulk/", sent, headers=HTMX))
    alice.post("/tasks/bulk/do/", sent)
    assert FieldValue.objects.filter(option__name="Old").count() == 2
    outcome = actions.change_many(
        ["WEB-1"], actions.TaskEdit(fields=((known(site, "stage").id, None),)), actor=site.world.alice.actor,
        now=site.now,
    )  # fmt: skip
    assert outcome.batch is not None
    actions.undo_batch(outcome.batch, actor=site.world.alice.actor, now=site.now)
    assert FieldValue.objects.filter(option__name="Old").count() == 2


def test_the_export_has_the_columns_of_the_list_and_no_formulas(site: Site, alice: Browser) -> None:
    add_all(site)
    fill(site, site.make('=HYPERLINK("https://evil.example")'), account="+cmd|' /C calc'!A0", budget=-5_00)
    fill(site, site.make("Plain"), account="-5", budget=7_00)
    answer = alice.get("/tasks/table.csv?cols=title,f.account,f.budget&sort=f.budget")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "Key,Task,Account,Budget",
        'WEB-1,"\'=HYPERLINK(""https://evil.example"")",\'+cmd|\' /C calc\'!A0,-5.00',
        "WEB-2,Plain,-5,7.00",
    ]


def test_amounts_that_are_worked_out_are_exported_like_those_that_are_typed(site: Site, alice: Browser) -> None:
    add_field(site, "Budget", "money", currency="EUR")
    add_field(site, "Third", "formula", currency="EUR", formula="task.fields.budget / 3")
    for budget in (100_00, 300_00):
        fill(site, site.make("Plain"), budget=budget)
    lines = alice.get("/tasks/table.csv?cols=f.budget,f.third&sort=f.budget").content.decode("utf-8-sig").splitlines()
    assert [line.split(",", 2)[-1] for line in lines] == ["Budget,Third", "100.00,33.33", "300.00,100.00"]


def test_both_downloads_of_a_list_hold_what_its_fields_leave(site: Site, alice: Browser) -> None:
    filled_site(site)
    shown = text(alice.get(f"{LIST}?f.budget=>100"))
    for name in ("table", "export"):
        (address,) = re.findall(rf'href="(/tasks/{name}\.csv\?[^"]+)"', shown)
        lines = alice.get(html.unescape(address)).content.decode("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == ["WEB-1"], name


@pytest.mark.parametrize(
    ("language", "wanted", "shown"),
    [
        ("de", ">1.000", ["WEB-2"]), ("de", "1.000..2.000,50", ["WEB-2"]), ("de", ">1,5", ["WEB-1", "WEB-2"]),
        ("de", "2000.50", ["WEB-2"]), ("en", ">1,000", ["WEB-2"]), ("en", "2.00", ["WEB-1"]),
    ],
)  # fmt: skip
def test_amounts_are_looked_for_as_the_language_writes_them(
    site: Site, alice: Browser, language: str, wanted: str, shown: list[str]
) -> None:
    add_field(site, "Budget", "money", currency="EUR")
    for budget in (2_00, 2000_50):
        fill(site, site.make("Plain"), budget=budget)
    page = alice.get(f"/tasks/export.csv?{urlencode({'f.budget': wanted})}", **{"Accept-Language": language})
    lines = page.content.decode("utf-8-sig").splitlines()
    assert sorted(line.split(",")[0] for line in lines[1:]) == shown


def test_a_client_sees_what_is_for_clients(site: Site, open_as: Callable[[Person], Browser]) -> None:
    add_field(site, "Margin", "number")
    add_field(site, "Shop", "text", for_clients=True)
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    fill(site, site.make(), margin=7, shop="Berlin")
    clara = open_as(site.world.clara)
    page = text(clara.get("/portal/WEB-1/"))
    assert ("Berlin" in page, "Margin" in page) == (True, False)
    for path in ("/tasks/WEB-1/", f"{LIST}?cols=title,f.margin&f.margin=7", "/search/?q=margin:7"):
        assert clara.get(path).headers["Location"].startswith("/portal/")
    assert clara.post("/tasks/WEB-1/fields/shop/", {"value": "Paris"}).status_code == 403
    assert clara.get("/settings/fields/").status_code == 403


def test_the_list_asks_the_database_as_often_for_many_values(site: Site, alice: Browser) -> None:
    add_all(site)
    address = f"{LIST}?cols=title,f.budget,f.channels,f.contact,f.stage&sort=f.stage&group=f.stage&f.budget=any"

    def grow(count: int) -> int:
        for _ in range(count):
            fill(site, site.make(effort_min=60), budget=5, stage=option(known(site, "stage"), "Live"))
        with CaptureQueriesContext(connection) as found:
            assert alice.get(address).status_code == 200
        return len(found)

    few = grow(2)
    assert grow(8) <= few <= 35


def test_settings_make_change_and_delete_a_field(site: Site, alice: Browser) -> None:
    new = {"name": "Stage", "kind": "select", "options": "Draft\nLive", "project": "WEB"}
    assert alice.post("/settings/fields/new/", new).status_code == 302
    draft, live = known(site, "stage").options
    sent = {
        "name": "Phase", "version": 1, "option_id": [draft.id, live.id, ""], "option_name": ["Draft", "Live", "Late"],
        "option_color": [0, 1, 2], "move": "1:up",
    }  # fmt: skip
    assert alice.post("/settings/fields/stage/", sent).status_code == 302
    assert [o.name for o in known(site, "stage").options] == ["Live", "Draft", "Late"]
    fill(site, site.make(), stage=live.id)
    assert "1 task loses" in text(alice.get("/settings/fields/stage/delete/"))
    alice.post("/settings/fields/stage/delete/")
    assert Field.objects.filter(deleted_at__isnull=False).count() == 1
    alice.post("/settings/fields/stage/restore/")
    assert known(site, "stage").name == "Phase"
    bad = alice.post("/settings/fields/new/", {"name": "X", "kind": "formula", "formula": "1 +"})
    assert (bad.status_code, "At character" in text(bad)) == (422, True)


def test_a_type_an_approval_and_a_checklist_from_the_page(
    site: Site, alice: Browser, open_as: Callable[[Person], Browser]
) -> None:
    kind = TaskType.objects.get(workspace=site.world.workspace, key="approval")
    site.make("Logo")
    alice.post("/tasks/WEB-1/type/", {"type": kind.pk})
    alice.post("/tasks/WEB-1/approvers/", {"approver": [site.world.bob.user.pk], "quorum": "1"})
    assert "Who decides" in text(alice.get("/tasks/WEB-1/"))
    bob = open_as(site.world.bob)
    assert 'formaction="/tasks/WEB-1/reject/"' in text(bob.get("/tasks/WEB-1/"))
    alice.post("/tasks/WEB-1/start/")
    alice.post("/tasks/WEB-1/submit/")
    bob.post("/tasks/WEB-1/approve/", {"comment": "Fine"})
    assert Task.objects.get().state == "done"
    assert "Fine" in text(alice.get("/tasks/WEB-1/"))
    alice.post("/tasks/WEB-1/checklist/", {"text": "Print it"})
    item = Task.objects.get().checklist.get()
    assert "Print it" in text(alice.get("/tasks/WEB-1/"))
    alice.post(f"/tasks/WEB-1/checklist/{item.pk}/check/")
    assert "1 of 1" in text(alice.get("/tasks/WEB-1/"))
