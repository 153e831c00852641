"""Every migration can be taken back and made again on a filled database without changing a row that it does not own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive import places
from fairlead.cli import database
from fairlead.lib.pg_ground import NoDatabase

TESTS = Path(__file__).parents[1]


def test_every_migration_goes_back_and_forward_and_keeps_the_rows(committed: None, tmp_path: Path) -> None:
    program = "import json, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'fairlead.settings'; import django; "
    program += f"django.setup(); sys.path.insert(0, {str(TESTS)!r}); from runtime.migrate_all import back_and_forward; "
    program += "print(json.dumps(back_and_forward()))"
    with places.new_database() as url:
        done = places.run(url, tmp_path, "-c", program)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong"] == []
    here = {
        f"{path.parents[1].name}.{path.stem}"
        for path in (TESTS.parent / "src" / "fairlead").glob("*/migrations/0*.py")
    }  # fmt: skip
    assert set(found["tried"]) == here


def test_old_code_refuses_tables_of_a_newer_version(committed: None, tmp_path: Path) -> None:
    add = "INSERT INTO django_migrations (app, name, applied) VALUES ('work', '9999_from_the_future', now())"
    with places.new_database() as url:
        assert places.fairlead(url, tmp_path, "migrate").returncode == 0
        places.execute(url, add)
        for words in (["migrate"], ["serve", "--port", "1"], ["backup", str(tmp_path / "x.tar.gz")]):
            answer = places.fairlead(url, tmp_path, *words)
            assert answer.returncode == 2, (words, answer.stderr)
        answer = places.fairlead(url, tmp_path, "migrate")
        assert "newer version of Fairlead (work.9999_from_the_future)" in answer.stderr


def test_a_database_of_this_version_is_taken(db: None) -> None:
    assert database.unknown() == []
    try:
        database.refuse_newer()
    except NoDatabase as error:  # pragma: no cover
        pytest.fail(str(error))
