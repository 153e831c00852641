"""Settings: typed, refused with a sentence that names the variable."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fairlead.config import CHECKOUT, Config, SettingError, load, reference, secret_key


def test_nothing_has_to_be_set() -> None:
    assert load({}) == Config()


def test_values_are_read_with_their_types() -> None:
    loaded = load({"FAIRLEAD_PORT": "9000", "FAIRLEAD_OPEN_SIGN_UP": "no", "FAIRLEAD_MAIL_FROM": "a@example.org"})
    assert (loaded.port, loaded.open_sign_up, loaded.mail_from) == (9000, False, "a@example.org")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "http", "FAIRLEAD_PORT is 'http'; it must be a whole number from 1 to 65535."),
        ("PORT", "70000", "FAIRLEAD_PORT is '70000'; it must be a whole number from 1 to 65535."),
        ("WEB_THREADS", "-1", "FAIRLEAD_WEB_THREADS is '-1'; it must be a whole number from 1 to 64."),
        ("DEBUG", "maybe", "FAIRLEAD_DEBUG is 'maybe'; it must be yes or no."),
        ("DATABASE_URL", "mysql://x", "FAIRLEAD_DATABASE_URL must start with postgresql://"),
        ("BASE_URL", "work.example.org", "it must be like https://work.example.org"),
        ("BASE_URL", "https://example.org/work", "without a path"),
        ("MAIL_URL", "mail.example.org", "FAIRLEAD_MAIL_URL must be like smtp://"),
        ("SECRET_KEY", "short", "FAIRLEAD_SECRET_KEY has fewer than 32 characters"),
        ("LOG_LEVEL", "loud", "it must be DEBUG, INFO, WARNING or ERROR"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingError) as refused:
        load({f"FAIRLEAD_{name}": value})
    assert says in str(refused.value)


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(SettingError) as refused:
        load({"FAIRLEAD_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")
    assert load({"FAIRLEAD_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "k" * 40
    with pytest.raises(SettingError, match="FAIRLEAD_SECRET_KEY_FILE names"):
        load({"FAIRLEAD_SECRET_KEY_FILE": str(tmp_path / "missing")})


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Config(data_dir=str(tmp_path / "data"))
    first = secret_key(settings)
    assert len(first) >= 32
    assert secret_key(settings) == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_the_settings_page_is_current() -> None:
    assert (CHECKOUT / "docs" / "settings.md").read_text() == reference(), "run: fairlead settings-docs --write"
