"""Logs: one JSON object a line, without secrets."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog

from fairlead.lib import logs


def logged(name: str, *arguments: object, **values: object) -> dict[str, Any]:
    """What a line looks like in the log."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.formatter())
    logger = logging.getLogger("fairlead.test")
    logger.addHandler(handler)
    try:
        if values:
            structlog.get_logger("fairlead.test").warning(name, **values)
        else:
            logger.warning(name, *arguments)
    finally:
        logger.removeHandler(handler)
    line: dict[str, Any] = json.loads(out.getvalue())
    return line


def test_a_line_is_an_object_with_time_level_and_origin() -> None:
    line = logged("task moved", task=12)
    assert {key: line[key] for key in ("event", "task", "level", "logger")} == {
        "event": "task moved",
        "task": 12,
        "level": "warning",
        "logger": "fairlead.test",
    }
    assert line["at"].endswith("Z")


def test_lines_of_libraries_look_the_same() -> None:
    assert logged("moved %s", "here")["event"] == "moved here"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"password": "hunter2"}, {"password": "[hidden]"}),
        ({"api_token": "abc", "count": 2}, {"api_token": "[hidden]", "count": 2}),
        ({"headers": {"Authorization": "Bearer abcdefgh"}}, {"headers": {"Authorization": "[hidden]"}}),
        ({"url": "postgresql://me:pw@db/x"}, {"url": "postgresql://me:[hidden]@db/x"}),
        ({"said": "sent Bearer abcdefgh123"}, {"said": "sent Bearer [hidden]"}),
        ({"path": "/join/?token=abc&next=/"}, {"path": "/join/?token=[hidden]&next=/"}),
        ({"token": ""}, {"token": ""}),
    ],
)
def test_secrets_do_not_reach_the_log(values: dict[str, Any], shown: dict[str, Any]) -> None:
    line = logged("x", **values)
    assert {key: line[key] for key in values} == shown
