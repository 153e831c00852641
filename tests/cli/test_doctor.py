"""The doctor: plain words, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from fairlead.cli import doctor
from fairlead.cli.doctor import FAIL, OK, WARN
from fairlead.config import Config
from fairlead.events.wall import as_owner


def test_a_key_that_others_can_read_is_a_failure(tmp_path: Path) -> None:
    settings = Config(data_dir=str(tmp_path))
    assert doctor.secret(settings).level == OK
    (tmp_path / "secret_key").write_text("k" * 40)
    (tmp_path / "secret_key").chmod(0o644)
    found = doctor.secret(settings)
    assert (found.level, found.mend) == (FAIL, f"chmod 600 {tmp_path / 'secret_key'}")
    (tmp_path / "secret_key").chmod(0o600)
    assert doctor.secret(settings).level == OK


@pytest.mark.parametrize(
    ("chosen", "level", "says"),
    [
        (Config(), OK, "http://127.0.0.1:8400"),
        (Config(base_url="https://work.example.org"), WARN, "listens on 127.0.0.1 only"),
        (Config(base_url="https://work.example.org", trusted_proxies=1), OK, "https://work.example.org"),
        (Config(base_url="http://work.example.org", host="192.0.2.1"), WARN, "is not encrypted"),
        (Config(base_url="https://work.example.org", trusted_proxies=1, debug=True), FAIL, "Technical error pages"),
    ],
)
def test_the_address_that_people_type_must_lead_here(chosen: Config, level: str, says: str) -> None:
    (found,) = doctor.address(chosen)
    assert (found.level, says in found.what) == (level, True)


def test_without_a_mail_server_it_says_where_mails_go(tmp_path: Path) -> None:
    found = doctor.mail(Config(data_dir=str(tmp_path)))
    assert (found.level, str(tmp_path / "mail") in found.what, "FAIRLEAD_MAIL_URL" in found.mend) == (WARN, True, True)


def test_a_mail_server_that_does_not_answer_is_a_failure() -> None:
    assert doctor.mail(Config(mail_url="smtp://127.0.0.1:9")).level == FAIL


def test_a_full_disk_is_noticed_before_the_folder_is_there(tmp_path: Path) -> None:
    (found,) = doctor.data_folder(Config(data_dir=str(tmp_path / "not" / "there")))
    assert "GB free" in found.what
    assert not (tmp_path / "not").exists()


@pytest.mark.django_db
def test_the_database_of_the_tests_is_well() -> None:
    assert doctor.server_version(embedded=False).level == OK
    assert [found.level for found in doctor.wall()] == [OK]
    assert doctor.clock().level == OK


@pytest.mark.django_db
def test_without_a_worker_it_says_how_to_start_one() -> None:
    (found,) = doctor.workers()
    assert (found.level, found.what) == (WARN, "No background worker is alive; 0 jobs wait")
    assert "fairlead worker" in found.mend


def test_a_table_without_a_wall_is_a_failure(committed: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE work_task DISABLE ROW LEVEL SECURITY")
    try:
        (found,) = doctor.wall()
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE work_task ENABLE ROW LEVEL SECURITY")
    assert (found.level, found.what) == (FAIL, "No wall between workspaces on work_task")
    assert found.mend == "Run: fairlead migrate"


def test_working_as_the_owner_is_a_failure(committed: None) -> None:
    with as_owner():
        (found,) = doctor.wall()
    assert (found.level, "sees every workspace" in found.what) == (FAIL, True)
