"""The fixture of the directory's tests."""

from __future__ import annotations

import pytest

from conftest import World
from people.team import Team, make_team


@pytest.fixture
def team(world: World) -> Team:
    """See `make_team`."""
    return make_team(world)
