"""Fixtures for all tests: a real PostgreSQL behind the wall, two workspaces, and the people who live in them.

alice manages, bob works in the same team, dana is a freelancer, echo an AI agent, clara a client, audrey an auditor,
olga owns the workspace; charlie owns another one and must never see anything of theirs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from hypothesis import settings as examples

from fairlead.accounts import actions as accounts
from fairlead.accounts.models import Membership, User, Workspace
from fairlead.accounts.queries import actor_of
from fairlead.config import use
from fairlead.events import wall
from fairlead.events.actor import Actor
from fairlead.events.tenancy import enter

examples.register_profile("patient", deadline=None)  # a busy machine is no counterexample
examples.load_profile("patient")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Each run has a database of its own name, so that two runs on one server do not meet."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    settings = connection.settings_dict
    settings["TEST"]["NAME"] = f"test_fairlead_{os.getpid()}_{worker}"
    settings["OPTIONS"]["options"] = settings["OPTIONS"]["options"].replace(f"-c role={wall.ROLE}", "")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Made as the owner; every test then works as the ordinary role, behind the wall.

    pytest-django's own fixture makes a database only when a collected test bears its mark; `committed` alone would
    then work on, and empty, the database that the settings name.
    """
    options = connection.settings_dict["OPTIONS"]
    owner = options["options"]
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        connection.close()
    options["options"] = f"-c role={wall.ROLE} {owner}"
    yield
    options["options"] = owner
    with django_db_blocker.unblock():
        connection.close()
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def files_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests attach lies in a folder of its own, not in the one of the checkout."""
    use(files_dir=str(tmp_path_factory.mktemp("files")))


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose; the tests of sign-in set it again."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests that need real commits (several connections, jobs, locks); every table is emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        with wall.as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(quote_ident(tablename), ',') FROM pg_tables WHERE schemaname = 'public'"
                           " AND tablename NOT IN ('django_migrations', 'django_content_type')")  # fmt: skip
            tables = cursor.fetchone()[0]
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")


@dataclass(frozen=True)
class Person:
    """Somebody in a test: the user, their membership, and the actor that actions take."""

    user: User
    member: Membership

    @property
    def actor(self) -> Actor:
        return actor_of(self.member)

    @property
    def workspace(self) -> Workspace:
        return self.member.workspace


@dataclass(frozen=True)
class World:
    """One workspace with somebody in each role, and charlie in another."""

    olga: Person
    alice: Person
    bob: Person
    dana: Person
    echo: Person
    clara: Person
    audrey: Person
    charlie: Person

    @property
    def workspace(self) -> Workspace:
        return self.olga.workspace


@pytest.fixture
def now() -> datetime:
    """Monday 23 November 2026, 09:00 UTC."""
    return NOW


def make_world() -> World:
    """Both workspaces, through the real actions; the connection ends up inside the first one."""
    charlie = _owner("charlie", "Beta")
    olga = _owner("olga", "Acme")
    team = {name: _join(olga, name, role) for name, role in TEAM.items()}
    enter(olga.workspace.pk, user_id=None)
    return World(olga=olga, charlie=charlie, **team)


TEAM = {
    "alice": "manager",
    "bob": "contributor",
    "dana": "contributor",
    "echo": "contributor",
    "clara": "client",
    "audrey": "auditor",
}


def _user(name: str) -> User:
    user = accounts.create_user(f"{name}@example.com", name.title(), "correct horse battery", now=NOW)
    if name == "echo":
        User.objects.filter(pk=user.pk).update(kind=User.Kind.AGENT)
        user.refresh_from_db()
    return user


def _owner(name: str, workspace: str) -> Person:
    user = _user(name)
    return Person(user, accounts.create_workspace(workspace, user=user, now=NOW))


def _join(owner: Person, name: str, role: str) -> Person:
    user = _user(name)
    return Person(user, accounts.add_member(user, role, actor=owner.actor, now=NOW))


@pytest.fixture
def world(db: None) -> World:
    """See `make_world`; rolled back after the test."""
    return make_world()
