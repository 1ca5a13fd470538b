"""A place for each test: a folder, a state in memory, an emulator in this process."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator

sys.path.insert(0, str(Path(__file__).parent))

from lifecycle_driver import START, Place


@pytest.fixture
def make_place(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """Make places with given options of their emulators; all end with the test."""
    running: list[Emulator] = []

    def make(**options: Any) -> Place:
        running.append(Emulator(Options(**{"start": START, **options})).__enter__())
        folder = tmp_path / f"project-{len(running)}"
        folder.mkdir()
        return Place(folder, running[-1])

    yield make
    for emulator in running:
        emulator.__exit__()


@pytest.fixture
def place(make_place: Callable[..., Place]) -> Place:
    """A place with an empty project."""
    return make_place()
