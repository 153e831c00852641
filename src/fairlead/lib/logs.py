"""Logs: one JSON object a line for machines, coloured lines on a terminal; secrets never reach either."""

from __future__ import annotations

import logging
import logging.config
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_NAME = re.compile(
    r"pass(word|wd)|secret|token|authori[sz]ation|cookie|credential|api_?key|private_?key|digest|^session",
    re.IGNORECASE,
)
IN_ADDRESS = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")
IN_TEXT = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}")
OUR_SECRETS = re.compile(r"\b(fl[a-z]?_)[A-Za-z0-9_-]{16,}")
IN_QUERY = re.compile(r"(?i)([?&](?:token|key|secret|code|password)=)[^&\s\"']+")
HIDDEN = "[hidden]"
TRACEBACKS = structlog.processors.ExceptionRenderer(
    # The values of local variables would bring passwords and the texts of tasks into the log.
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)

Values = MutableMapping[str, Any]


def hide_secrets(_logger: object, _method: str, values: Values) -> Values:
    """Replace what is named like a secret or looks like one, at any depth."""
    for name, value in values.items():
        values[name] = HIDDEN if SECRET_NAME.search(name) and value else _clean(value)
    return values


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        value = IN_ADDRESS.sub(rf"\1:{HIDDEN}@", value)
        value = OUR_SECRETS.sub(rf"\1{HIDDEN}", value)
        return IN_QUERY.sub(rf"\1{HIDDEN}", IN_TEXT.sub(rf"\1 {HIDDEN}", value))
    if isinstance(value, dict):
        return {k: HIDDEN if SECRET_NAME.search(str(k)) and v else _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def configure(settings: dict[str, Any]) -> None:
    """Set up structlog and the standard library alike; `settings` holds `level`. Django calls this at its start."""
    logging.config.dictConfig(as_dict(settings["level"]))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def as_dict(level: str) -> dict[str, Any]:
    """The same set-up as a dictionary, for servers that configure logging themselves."""
    quieter = logging.getLevelName(max(logging.getLevelNamesMapping()[level], logging.WARNING))
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "_granian": {"handlers": [], "level": quieter, "propagate": True},
            # One line for each job is ours to write; the library writes three, with every argument.
            "procrastinate": {"handlers": [], "level": quieter, "propagate": True},
            # Django's lines for 4xx answers repeat the request line that the middleware writes.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.server": {"handlers": [], "level": quieter, "propagate": True},
        },
    }


def formatter() -> logging.Formatter:
    """The last step of every line, whoever wrote it."""
    if sys.stderr.isatty():
        last: list[Any] = [structlog.dev.ConsoleRenderer(colors=True)]
    else:
        last = [TRACEBACKS, hide_secrets, structlog.processors.JSONRenderer(default=str)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide_secrets, *last],
    )


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
