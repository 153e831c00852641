"""Every command, killed at every point: what is left is always whole, and doing it again has the effect once.

Run at every commit is a sample, other points for other seeds; FAIRLEAD_CRASH_POINTS=all runs each of them, and
FAIRLEAD_CRASH_SEED=n another sample. The points around COMMITs, files and mails are always among them.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from api.test_matrix import Programs, make_programs
from fairlead.accounts.models import ApiToken
from fairlead.config import config, use
from notices.push_service import PushService, running
from runtime.crash import commands, laws, scenes
from runtime.crash.commands import Command
from runtime.crash.ground import Ground, Picture, empty_everything, owners_database, places
from runtime.crash.killing import run_apart
from security.expectations import OWNER

ALL = os.environ.get("FAIRLEAD_CRASH_POINTS") == "all"
SEED = os.environ.get("FAIRLEAD_CRASH_SEED", "1")
SAMPLE = 4
"""Statements of each command that are tried at every commit, beside the points around COMMITs, files and mails."""
WARM = ("GET /me", "POST /tasks", "POST /tasks/{key}/attachments", "PATCH /tasks/{key}", "POST /tasks/{key}/offers",
        "POST /plans", "POST /policies")  # fmt: skip


@dataclass
class Scene:
    """The filled world, saved, and what is known of each command."""

    programs: Programs
    ground: Ground
    saved: Picture
    waiting: dict[str, commands.Waiting]
    points: int = 0

    def restore(self) -> None:
        self.ground.restore(self.saved, self.ground.look())


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Committed, as every process must see it; emptied at the end."""
    home = tmp_path_factory.mktemp("crash")
    before = {
        f"FAIRLEAD_{name}": os.environ.get(f"FAIRLEAD_{name}") for name in ("DATA_DIR", "FILES_DIR", "PRIVATE_HOSTS")
    }
    use(data_dir=str(home / "data"), files_dir=str(home / "files"), private_hosts="127.0.0.1")
    real = {"EMAIL_BACKEND": "fairlead.lib.mail.Backend", "MAIL_URL": "", "MAIL_FOLDER": home / "mail"}
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=quick, **real), running() as service:
        made = make_scene(home, service)
        yield made
        print(f"\n{made.points} points were killed")  # noqa: T201  the number is the result
        gc.unfreeze()
        made.ground.database.close()
        empty_everything()
    for name, value in before.items():
        os.environ.pop(name)
        if value is not None:
            os.environ[name] = value
    config.cache_clear()


def make_scene(home: Path, service: PushService) -> Scene:
    programs = make_programs()
    for entry in WARM:  # what is loaded once is loaded here, not in each process again
        programs.ask(OWNER, entry, commands.OPERATIONS[entry])
    connection.run_on_commit.clear()
    commands.enter(programs.filled.world.workspace.pk)
    scenes.leave_more(programs)
    scenes.give_device(programs, service.subscription())
    scenes.queue_by_hand(programs)
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(days=1))  # each use is written down
    (home / "keep").mkdir()
    ground = Ground(owners_database(), places(), home / "keep")
    saved = ground.save()
    gc.collect()
    gc.freeze()  # what is there now is shared by all processes, and never looked through again
    return Scene(programs, ground, saved, commands.queued())


def chosen(name: str, points: tuple[str, ...]) -> list[int]:
    """The numbers of the points to be killed at."""
    if ALL:
        return list(range(1, len(points) + 1))
    around = {n for n, point in enumerate(points, 1) if not point.startswith("before ") or point.split()[1] in EDGES}
    rest = [n for n in range(1, len(points) + 1) if n not in around]
    return sorted(around | set(Random(f"{SEED} {name}").sample(rest, min(SAMPLE, len(rest)))))


UNTIL_DONE = {"archive.erase": "names were taken out of events, and the log does not say so"}
"""Between the two transactions of an erasure, which belong to different owners."""
PROPOSAL = ("rows", "events", "states")
MAY_REPEAT = {
    # a proposal that is made again takes the place of the first one; that one is open for a cause is a law
    "allocation.propose_for_overrun": PROPOSAL, "allocation.propose_for_absence": PROPOSAL,
    "allocation.propose_for_calendar": PROPOSAL, "allocation.propose_for_departure": PROPOSAL,
    "allocation.propose_for_hours": PROPOSAL, "allocation.propose_for_task": PROPOSAL,
    # mails with a secret in them, which a killed worker forgets: better two than none
    "accounts.mail_sign_in_link": ("mails", "rows"), "accounts.mail_welcome": ("mails", "rows"),
    "accounts.mail_invitation": ("mails",), "accounts.mail_new_device": ("mails",),
    "accounts.mail_security_change": ("mails",), "client_mails.mail_handover": ("rows",),
    "client_mails.mail_reminder": ("rows",),
}  # fmt: skip
"""What may be there twice."""
EDGES = {"COMMIT", "mail", "HTTP", "fsync", "replace", "rename", "link", "unlink"}


def crash(scene: Scene, command: Command) -> None:
    """Kill the command at its points; at each, and when it is done again, everything is as the laws say."""
    try:
        kill_at_points(scene, command)
    finally:  # what one command leaves when it fails is not blamed on the next
        scene.restore()


def kill_at_points(scene: Scene, command: Command) -> None:
    ground = scene.ground
    whole = run_apart(command.verb)
    assert whole.outcome == "done" or whole.outcome < 300, whole.outcome
    wanted = ground.summary()
    lawful(scene, command, "done at once")
    scene.restore()
    untouched = ground.mark()
    for number in chosen(command.name, whole.points):
        assert run_apart(command.verb, kill_at=number).killed, f"point {number} of {whole.points} was not reached"
        scene.points += 1
        left = ground.mark()
        ground.put_noise_back()
        if left != untouched:
            where = f"{command.name} killed {whole.points[number - 1]} (point {number})"
            after_kill(scene, command, wanted, where)
            scene.restore()
            untouched = ground.mark()


def after_kill(scene: Scene, command: Command, wanted: dict[str, Any], where: str) -> None:
    """Something was left: it is whole, and the same command again completes it, once."""
    lawful(scene, command, where, but=UNTIL_DONE.get(command.name, ""))
    again = run_apart(command.verb)
    assert again.outcome == "done" or again.outcome < 500, where
    lawful(scene, command, f"{where}, and done again")
    found = scene.ground.summary()
    other = {name: (found[name], wanted[name]) for name in wanted if found[name] != wanted[name]}
    if command.name in MAY_REPEAT:
        other = {name: pair for name, pair in other.items() if name not in MAY_REPEAT[command.name]}
    assert not other, f"{where}: done again, there is {differences(other)}"
    left = laws.leftovers(scene.ground, scene.saved)
    assert not left, f"{where}: {left}"


def lawful(scene: Scene, command: Command, where: str, *, but: str = "") -> None:
    by_job = command.name in commands.jobs()
    wrong = [law for law in laws.broken(scene.ground, scene.saved, by_job=by_job) if law != but]
    assert not wrong, f"{command.name}, {where}: {wrong}"


def differences(other: dict[str, tuple[Any, Any]]) -> list[str]:
    """In words, so that a failure can be read."""
    said = []
    for name, (found, wanted) in other.items():
        if isinstance(wanted, dict):
            said += [f"{name} {key}: {found.get(key)} instead of {wanted.get(key)}"
                     for key in {*found, *wanted} if found.get(key) != wanted.get(key)]  # fmt: skip
        else:
            said.append(f"{name}: {found} instead of {wanted}")
    return said


@pytest.mark.parametrize("entry", commands.operations())
def test_an_operation_killed_at_any_point_has_its_effect_once(scene: Scene, entry: str) -> None:
    crash(scene, commands.operation(scene.programs, entry))


@pytest.mark.parametrize("name", sorted(commands.jobs()))
def test_a_job_killed_at_any_point_has_its_effect_once(scene: Scene, name: str) -> None:
    crash(scene, commands.job(name, scene.waiting))
