"""Every setting of Fairlead: name, type, default and help. The only module that knows the environment.

A setting `port` is read from `FAIRLEAD_PORT`; `FAIRLEAD_PORT_FILE` names a file that holds the value instead
(for secrets mounted by an orchestrator). `docs/settings.md` is generated from this file.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from fairlead.lib.languages import LANGUAGES

T = TypeVar("T", str, int, bool)

CHECKOUT = Path(__file__).resolve().parents[2]


class SettingError(ValueError):
    """A setting has a value that cannot be used; the message names the variable and what is allowed."""


def _setting(default: T, *text: str, low: int = 0, high: int = 1_000_000) -> T:
    return field(default=default, metadata={"help": " ".join(text), "low": low, "high": high})


@dataclass(frozen=True)
class Config:
    """The typed settings. Times in seconds unless the name says otherwise."""

    database_url: str = _setting(
        "", "PostgreSQL 15 or newer, as postgresql://user:password@host:port/name. Empty: the embedded server."
    )
    data_dir: str = _setting(
        "",
        "Folder for the embedded database, the secret key, attached files, mails that are not sent and the published",
        "audit heads.",
        "Empty: .fairlead in the checkout; for an installed package ~/.local/share/fairlead.",
    )
    secret_key: str = _setting(
        "",
        "At least 32 characters that sign sessions and links. Empty: made once and kept in the data folder,",
        "readable by its owner only. With several machines every one needs the same.",
    )
    base_url: str = _setting(
        "http://127.0.0.1:8400",
        "The address that people type; links in mails start with it. With https, cookies are sent over TLS only.",
    )
    host: str = _setting("127.0.0.1", "The address that the web server listens on.")
    port: int = _setting(8400, "The port that the web server listens on.", low=1, high=65535)
    web_processes: int = _setting(1, "Web server processes; about one for each core.", low=1, high=64)
    web_threads: int = _setting(
        2, "Threads of each web server process. Pages are bound by the processor: more help little.", low=1, high=64
    )
    plan_threads: int = _setting(
        0, "Cores that making one large plan uses. 0: as many as the machine has, up to 4.", high=64
    )
    worker_jobs: int = _setting(4, "Short background jobs that run at once in one worker.", low=1, high=64)
    allowed_hosts: str = _setting(
        "",
        "Further host names that the server answers to, separated by commas.",
        "The host of the base address and localhost are always allowed.",
    )
    trusted_proxies: int = _setting(
        0,
        "How many reverse proxies stand in front; the client's address is taken from X-Forwarded-For,",
        "and its scheme from X-Forwarded-Proto, only when this is above 0.",
        high=10,
    )
    mail_url: str = _setting(
        "",
        "Outgoing mail as smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465 (TLS).",
        "Empty: mails are written to the folder mail in the data folder, and the log names each.",
    )
    mail_from: str = _setting("Fairlead <fairlead@localhost>", "The sender of mails.")
    open_sign_up: bool = _setting(
        True,
        "Whether a stranger may create an account and a workspace of their own.",
        "People with an invitation always may.",
    )
    api_per_minute: int = _setting(
        600, "API requests that one token may send in a minute, counted in each web process by itself.", low=1
    )
    timer_asks_after_h: int = _setting(
        10, "Hours after which a timer that still runs asks how much of it to keep.", low=1, high=24
    )
    private_hosts: str = _setting(
        "",
        "Hosts inside your own network that may be asked for calendars and single sign-on all the same, separated by",
        "commas, such as a Nextcloud or Keycloak of your own; also without TLS. All others must be on the internet and",
        "speak https.",
    )
    metrics_token: str = _setting(
        "",
        "The bearer token that /metrics asks for.",
        "Empty: /metrics answers this machine only, and nobody when proxies are trusted.",
    )
    backup_folder: str = _setting(
        "",
        "Where a backup is made once a day, by a worker; best on another disk or machine.",
        "Empty: only `fairlead backup` makes one.",
    )
    backup_keep: int = _setting(14, "How many of these backups are kept; older ones are removed.", low=1, high=3650)
    files_dir: str = _setting("", "Folder for what people attach. Empty: files in the data folder.")
    file_max_mb: int = _setting(50, "The largest file that may be attached, in MB.", low=1, high=10_000)
    files_quota_mb: int = _setting(
        10_000,
        "What the files of one workspace may take together, in MB, older versions and the trash included.",
        low=1,
    )
    scan_command: str = _setting(
        "",
        "A virus scanner that gets the path of each new file, such as clamdscan --fdpass --no-summary.",
        "It ends with 0 for a clean file and with 1 for a bad one; whatever else happens, the file is refused.",
    )
    language: str = _setting(
        "en",
        "The language, en or de, of workspaces that have chosen none: in mails to people who have no account yet, and",
        "for whoever comes with a browser that asks for another one.",
    )
    debug: bool = _setting(False, "Show technical error pages. Never on a machine that others reach.")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR.")

    @property
    def data_path(self) -> Path:
        """The data folder as an absolute path (not created here)."""
        if self.data_dir:
            return Path(self.data_dir).expanduser().absolute()
        if (CHECKOUT / "pyproject.toml").exists():
            return CHECKOUT / ".fairlead"
        return Path("~/.local/share/fairlead").expanduser()

    @property
    def files_path(self) -> Path:
        """The folder of attached files as an absolute path (not created here)."""
        return Path(self.files_dir).expanduser().absolute() if self.files_dir else self.data_path / "files"

    @property
    def https(self) -> bool:
        """Whether people reach the server over TLS."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str]) -> Config:
    """Read the settings from `environ`. Raises SettingError that names the variable and what it may be."""
    values = {f.name: _read(environ, f.name, f.default, dict(f.metadata)) for f in fields(Config)}
    loaded = Config(**values)  # type: ignore[arg-type]  # _read returns the type of each default
    _check(loaded)
    return loaded


def _read(environ: Mapping[str, str], name: str, default: object, limits: Mapping[str, int]) -> object:
    variable = f"FAIRLEAD_{name.upper()}"
    text = environ.get(variable)
    if text is None and (path := environ.get(variable + "_FILE")):
        text = _read_file(variable, path)
    if text is None:
        return default
    if isinstance(default, bool):
        return _read_bool(variable, text)
    if isinstance(default, int):
        return _read_int(variable, text, low=limits["low"], high=limits["high"])
    return text


def _read_file(variable: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise SettingError(f"{variable}_FILE names {path}, which cannot be read ({error.strerror}).") from error


def _read_bool(variable: str, text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in known:
        raise SettingError(f"{variable} is {text!r}; it must be yes or no.")
    return known[text.lower()]


def _read_int(variable: str, text: str, *, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{variable} is {text!r}; it must be a whole number from {low} to {high}.")
    return int(text)


def _check(loaded: Config) -> None:
    if loaded.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingError(f"FAIRLEAD_LOG_LEVEL is {loaded.log_level!r}; it must be DEBUG, INFO, WARNING or ERROR.")
    if loaded.language not in LANGUAGES:
        raise SettingError(f"FAIRLEAD_LANGUAGE is {loaded.language!r}; it must be one of {', '.join(LANGUAGES)}.")
    if loaded.database_url and urlsplit(loaded.database_url).scheme not in ("postgresql", "postgres"):
        raise SettingError("FAIRLEAD_DATABASE_URL must start with postgresql://; no other database is supported.")
    base = urlsplit(loaded.base_url)
    if base.scheme not in ("http", "https") or not base.hostname or base.path:
        raise SettingError(
            f"FAIRLEAD_BASE_URL is {loaded.base_url!r}; "
            "it must be like https://work.example.org, without a path or a slash at its end."
        )
    if loaded.mail_url and (
        urlsplit(loaded.mail_url).scheme not in ("smtp", "smtps") or not urlsplit(loaded.mail_url).hostname
    ):
        raise SettingError("FAIRLEAD_MAIL_URL must be like smtp://user:password@host:587 or smtps://host:465.")
    if loaded.secret_key and len(loaded.secret_key) < 32:
        raise SettingError("FAIRLEAD_SECRET_KEY has fewer than 32 characters; leave it empty to have one made.")


@cache
def config() -> Config:
    """The settings of this process."""
    return load(os.environ)


def use(**values: str) -> None:
    """Set settings for this process and the ones that it starts, such as `database_url` of the embedded server."""
    os.environ.update({f"FAIRLEAD_{name.upper()}": value for name, value in values.items()})
    config.cache_clear()


def choose_settings_module() -> None:
    """Tell Django where its settings are, unless somebody chose others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairlead.settings")


def given(name: str) -> bool:
    """Whether somebody has set this setting, rather than leaving it at its default."""
    variable = f"FAIRLEAD_{name.upper()}"
    return variable in os.environ or variable + "_FILE" in os.environ


def make_folder(path: Path) -> Path:
    """The folder, made when it is not there. Others may pass through (the embedded server may be another user) but
    not look around; what lies inside has modes of its own."""
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o711)
    return path


def secret_key(settings: Config) -> str:
    """The key that signs sessions and links: the setting, else a file of mode 0600 in the data folder, made once."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_path / "secret_key"
    if not path.exists():
        _make_key(path)
    return path.read_text().strip()


def _make_key(path: Path) -> None:
    """Write the key beside its place and link it there: two processes that start at once then read the same one."""
    make_folder(path.parent)
    draft = path.with_name(f"secret_key.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other process was quicker; its key is the one
    finally:
        draft.unlink()


def reference() -> str:
    """The page docs/settings.md: every setting, in the order of this file."""
    lines = [
        "# Settings",
        "",
        "Every setting is an environment variable with a default, so nothing has to be set to begin with.",
        "A variable with `_FILE` at the end names a file that holds the value, for secrets.",
        "This page is written by `fairlead settings-docs`; do not edit it.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for f in fields(Config):
        shown = ("yes" if f.default else "no") if isinstance(f.default, bool) else str(f.default) or "empty"
        kind = f" From {f.metadata['low']} to {f.metadata['high']}." if type(f.default) is int else ""
        lines.append(f"| `FAIRLEAD_{f.name.upper()}` | `{shown}` | {f.metadata['help']}{kind} |")
    return "\n".join(lines) + "\n"
