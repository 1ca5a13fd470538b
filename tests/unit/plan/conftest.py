"""The planner's tests: an empty world to start from."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for `planworld`

from planworld import World


@pytest.fixture
def world() -> World:
    """An empty world."""
    return World()
