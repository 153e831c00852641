"""A workspace with something in it, made through the product's own forms but without drawing their pages."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import APIResponse, Page, expect

from .conftest import Server
from .steps import PASSWORD, Person, day, sign_up, somebody


@dataclass(frozen=True)
class Company:
    """Somebody's own workspace; `page` is signed in as its owner."""

    page: Page
    owner: Person
    number: int

    def send(self, address: str, **fields: Any) -> APIResponse:
        """Send a form as its page would; lists become repeated fields. The answer after redirects."""
        token = self.page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
        answer = self.page.request.post(address, data=urlencode(fields, doseq=True), headers=headers)
        assert answer.ok, f"{address} answered {answer.status}: {answer.text()[:2000]}"
        return answer

    def add_skill(self, name: str) -> int:
        """A skill; its number."""
        self.send("/skills/new/", name=name)
        found = self.page.request.get(f"/skills/?{urlencode({'q': name})}").text()
        return int(re.findall(r"/skills/(\d+)/", found)[0])

    def add_worker(self, name: str, levels: Mapping[int, int], **profile: Any) -> int:
        """Somebody in the directory, with levels by number of skill; their own number."""
        given = {"kind": "employee", "time_zone": "Europe/Berlin", **profile}
        number = int(self.send("/people/new/", name=name, **given).url.rstrip("/").rsplit("/", 1)[1])
        for skill, level in levels.items():
            self.send(f"/people/{number}/skills/", skill=skill, level=level)
        return number

    def add_project(self, key: str, name: str, **more: Any) -> None:
        """A project."""
        self.send("/projects/new/", key=key, name=name, color=3, **more)

    def add_task(self, project: str, title: str, needs: Mapping[str, int] | None = None, **more: Any) -> str:
        """A task that is due in ten days; its key."""
        wanted = needs or {}
        rows = {"need_skill": list(wanted), "need_level": list(wanted.values())}
        given = {"effort_min": "4h", "due_at": day(10), **more}
        return self.send("/tasks/new/", project=project, title=title, **rows, **given).url.rstrip("/").rsplit("/", 1)[1]


def open_company(page: Page) -> Company:
    """A new owner with an empty workspace."""
    owner = somebody("Alice Adler")
    sign_up(page, owner, workspace="Acme")
    number = page.locator('input[name="workspace"]').get_attribute("value")
    return Company(page, owner, int(number or 0))


def joins(company: Company, page: Page, person: Person, levels: Mapping[int, int] | None = None, **profile: Any) -> int:
    """A contributor with a profile in the directory, at work around the clock, so that nothing depends on the time of
    day; their number there."""
    owner = company.page
    owner.goto("/settings/members/")
    owner.get_by_label("E-mail").fill(person.email)
    owner.get_by_label("Role", exact=True).select_option("Contributor")
    owner.get_by_role("button", name="Invite").click()
    page.goto(owner.get_by_label("Link of the invitation").input_value())
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    owner.goto("/people/new/")
    options = owner.locator("select[name=user] option").evaluate_all("all => all.map(o => [o.value, o.text])")
    user = next(value for value, text in options if person.name in text)
    number = company.add_worker(person.name, levels or {}, user=user, **profile)
    hours = {f"d{n}_0_{edge}": clock for n in range(7) for edge, clock in (("from", "00:00"), ("to", "24:00"))}
    company.send(f"/people/{number}/hours/", **hours)
    return number


def add_agent(server: Server, company: Company, name: str) -> tuple[Person, str]:
    """An AI agent as a contributor to the company, and an API token with every scope for it."""
    agent = somebody(name)
    names = {"workspace": company.number, "owner": company.owner.email, "email": agent.email, "name": agent.name}
    words = [sys.executable, "-c", AGENT_ACCOUNT.format(**names)]
    done = subprocess.run(words, env=server.environment, check=True, capture_output=True, text=True)
    return agent, done.stdout.split()[-1]


AGENT_ACCOUNT = """
from fairlead.cli.database import set_up_django
set_up_django()
from django.utils import timezone
from fairlead.accounts import actions
from fairlead.accounts.models import Membership, User
from fairlead.accounts.permissions import SCOPES
from fairlead.accounts.queries import actor_of
from fairlead.events.tenancy import enter
enter({workspace})
now = timezone.now()
owner = Membership.objects.get(workspace_id={workspace}, user__email={owner!r})
user = actions.create_user({email!r}, {name!r}, None, now=now, kind=User.Kind.AGENT)
agent = actions.add_member(user, "contributor", actor=actor_of(owner), now=now)
print(actions.create_token("agent", list(SCOPES), actor=actor_of(agent), now=now, days=1)[1])
"""


def add_client(server: Server, company: Company, name: str, project: str) -> Person:
    """A client with a password, who sees this project of the company."""
    client = somebody(name)
    names = {"workspace": company.number, "owner": company.owner.email, "email": client.email, "name": client.name}
    words = [sys.executable, "-c", CLIENT_ACCOUNT.format(**names, password=client.password, project=project)]
    subprocess.run(words, env=server.environment, check=True, capture_output=True, text=True)
    return client


CLIENT_ACCOUNT = """
from fairlead.cli.database import set_up_django
set_up_django()
from django.utils import timezone
from fairlead.accounts import actions
from fairlead.accounts.models import Membership
from fairlead.accounts.queries import actor_of
from fairlead.events.tenancy import enter
from fairlead.work.actions import share_project
from fairlead.work.models import Project
enter({workspace})
now = timezone.now()
owner = actor_of(Membership.objects.get(workspace_id={workspace}, user__email={owner!r}))
user = actions.create_user({email!r}, {name!r}, {password!r}, now=now)
actions.add_member(user, "client", actor=owner, now=now)
share_project(Project.objects.get(key={project!r}), user, actor=owner, now=now)
"""
