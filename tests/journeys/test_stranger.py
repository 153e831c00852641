"""What somebody must not see or do: a member of another workspace, a client, an AI agent, a writer of scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from .company import Company, add_agent, open_company
from .conftest import Server
from .steps import card, sign_up, somebody

pytestmark = pytest.mark.journey

CANARY = "Canary-4711"
LISTS = ("/projects/", "/tasks/", f"/tasks/?q={CANARY}", "/people/", "/skills/", "/activity/", "/plans/", "/import/")


def _furnish(company: Company) -> dict[str, str]:
    """A project with an assigned task, a plan, an import and a comment, all with the canary; their addresses."""
    skill = company.add_skill(f"{CANARY} skill")
    worker = company.add_worker(f"{CANARY} worker", {skill: 4}, rate="61", headline=CANARY)
    company.add_project("WEB", f"{CANARY} project", client=CANARY)
    held = company.add_task("WEB", f"{CANARY} task", {f"{CANARY} skill": 3}, description=CANARY, labels=CANARY)
    company.send(f"/tasks/{held}/assign-best/")
    company.send(f"/tasks/{held}/comments/", body=f"{CANARY} inside", to="team")
    company.add_task("WEB", f"{CANARY} second task", {f"{CANARY} skill": 2})
    plan = company.send("/projects/WEB/allocate/").url
    page = company.page
    page.goto("/import/")
    file: Any = {"name": f"{CANARY}.csv", "mimeType": "text/csv", "buffer": f"title\n{CANARY} row\n".encode()}
    page.get_by_role("main").get_by_label("Tasks").set_input_files(file)
    page.get_by_role("main").get_by_label("Project").fill("WEB")
    page.get_by_role("button", name="Read the files").click()
    expect(page.get_by_text(f"Columns of {CANARY}.csv")).to_be_visible()
    return {"worker": f"/people/{worker}/", "skill": f"/skills/{skill}/", "plan": plan, "import": page.url}


def test_a_member_of_another_workspace_finds_nothing(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    made = _furnish(company)
    charlie = visitor()
    sign_up(charlie, somebody("Charlie Crane"), workspace="Beta")
    worker, skill = made["worker"], made["skill"]
    own = (
        "/projects/WEB/", "/projects/WEB/list/", "/projects/WEB/settings/", "/projects/WEB/allocate/", "/tasks/WEB-1/",
        "/tasks/WEB-1/move/", "/tasks/WEB-1/candidates/", "/tasks/WEB-1/why/", worker, f"{worker}edit/",
        f"{worker}hours/", skill, f"{skill}merge/", made["plan"], made["import"],
    )  # fmt: skip
    for address in own:
        assert company.page.request.get(address).ok, f"{address} is not an address of the owner's"
        answer = charlie.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        assert CANARY not in charlie.content(), address
    for address in LISTS:
        charlie.goto(address)
        text = charlie.get_by_role("main").inner_text()
        assert CANARY.lower() not in text.replace(f"“{CANARY}”", "").lower(), address


def test_one_workspace_cannot_write_into_another(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    company.add_project("WEB", "Web shop")
    company.add_task("WEB", "Stay here")
    charlie = open_company(visitor())
    charlie.page.goto("/projects/")
    token = charlie.page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    for address in ("delete", "complete", "start", "assign-best", "unassign", "comments", "edit", "move"):
        answer = charlie.page.request.post(
            f"/tasks/WEB-1/{address}/", form={"body": "x", "title": "x", "csrfmiddlewaretoken": token}
        )
        assert answer.status == 404, address
    company.page.goto("/projects/WEB/")
    expect(card(company.page, "Stay here")).to_be_visible()


def test_a_form_without_its_token_changes_nothing(visitor: Callable[..., Page]) -> None:
    company = open_company(visitor())
    company.add_project("WEB", "Web shop")
    company.add_task("WEB", "Stay here")
    company.page.goto("/tasks/WEB-1/")
    for headers in ({}, {"X-CSRFToken": "0" * 64}):
        status = company.page.evaluate(
            "headers => fetch('/tasks/WEB-1/delete/', {method: 'POST', headers}).then(answer => answer.status)", headers
        )
        assert status == 403
    company.page.goto("/projects/WEB/")
    expect(card(company.page, "Stay here")).to_be_visible()


def test_a_client_sees_the_shared_project_and_nothing_of_the_inside(visitor: Callable[..., Page]) -> None:
    company, clara = open_company(visitor()), somebody("Clara Client")
    _furnish(company)
    company.add_project("APP", f"{CANARY} app")
    company.send("/tasks/WEB-1/comments/", body="Good news for you", to="client")
    page = visitor()
    _joins(page, company, clara.email)
    expect(page.get_by_role("heading", name="Nothing is shared with you yet")).to_be_visible()
    owner = company.page
    owner.goto("/projects/WEB/settings/")
    owner.get_by_role("combobox", name="Client").select_option(clara.name)
    owner.get_by_role("button", name="Share").click()
    expect(owner.get_by_role("button", name="Stop sharing")).to_be_visible()

    page.goto("/projects/")
    expect(page).to_have_url(re.compile("/portal/$"))
    expect(page.get_by_role("link", name="People")).to_have_count(0)
    page.get_by_role("link", name=re.compile(f"{CANARY} task")).click()
    expect(page.get_by_text("Good news for you")).to_be_visible()
    expect(page.get_by_role("region", name="Who should do it")).to_have_count(0)
    inside = owner.request.get("/tasks/WEB-1/").text() + owner.request.get("/people/").text()
    for secret in (f"{CANARY} inside", f"{CANARY} skill", "61.00"):
        assert secret in inside
        assert secret not in page.content()
    for address, status in {
        "/projects/APP/": 404,
        "/portal/APP-1/": 404, "/tasks/WEB-1/candidates/": 403, "/tasks/WEB-1/why/": 403, "/people/": 403,
        "/skills/": 403, "/activity/": 403, "/plans/": 403, "/import/": 403, "/settings/members/": 403,
        "/projects/WEB/settings/": 403,
    }.items():  # fmt: skip
        answer = page.goto(address)
        assert answer is not None
        assert (address, answer.status) == (address, status)
        assert f"{CANARY} worker" not in page.content()


def _joins(page: Page, company: Company, email: str) -> None:
    """By the link of an invitation as a client."""
    owner = company.page
    owner.goto("/settings/members/")
    owner.get_by_label("E-mail").fill(email)
    owner.get_by_label("Role", exact=True).select_option("Client")
    owner.get_by_role("button", name="Invite").click()
    page.goto(owner.get_by_label("Link of the invitation").input_value())
    page.get_by_label("What may we call you?").fill("Clara Client")
    page.get_by_role("button", name="Open my requests").click()


def test_an_agent_works_through_the_api_but_does_not_mark_its_own_work_done(
    visitor: Callable[..., Page], server: Server
) -> None:
    company = open_company(visitor())
    agent, token = add_agent(server, company, "Echo Agent")
    company.add_project("WEB", "Web shop")
    company.page.goto("/people/new/")
    account = company.page.get_by_label("Account").get_by_role("option").filter(has_text=agent.email)
    company.add_worker(agent.name, {}, kind="agent", user=account.get_attribute("value"))
    company.add_task("WEB", "Summarise the feedback")
    company.send("/tasks/WEB-1/assign-best/")
    api, headers = company.page.context.request, {"Authorization": f"Bearer {token}"}
    assert _state(api, headers, "start") == (200, "running")
    assert _state(api, headers, "submit") == (200, "review")
    assert _state(api, headers, "complete")[0] == 403
    assert api.get("/api/v1/tasks/WEB-1", headers=headers).json()["state"] == "review"
    company.page.goto("/tasks/WEB-1/")
    history = company.page.get_by_role("list").filter(has_text="Alice Adler created it").get_by_role("listitem")
    expect(history.first).to_have_text(re.compile(r"^Echo Agent AI agent moved it from In progress to In review"))


def _state(api: APIRequestContext, headers: dict[str, str], step: str) -> tuple[int, str]:
    answer = api.post(f"/api/v1/tasks/WEB-1/{step}", headers=headers)
    return answer.status, answer.json().get("state", "")
