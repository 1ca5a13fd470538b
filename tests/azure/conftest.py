"""Fresh emulators, and asynchronous tests against them."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batchplan.azure.settings import DataPlaneAuth
from batchplan.emulator import ticks
from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator

sys.path.insert(0, str(Path(__file__).parent))

from emulated_azure import Azure, connected

START = ticks.parse_iso("2025-06-01T08:00:00Z")
Test = Callable[[Azure], Any]


@pytest.fixture
def make_emulator() -> Iterator[Callable[..., Emulator]]:
    """Start emulators with given options; all end with the test."""
    running: list[Emulator] = []

    def make(**options: Any) -> Emulator:
        running.append(Emulator(Options(**{"start": START, **options})).__enter__())
        return running[-1]

    yield make
    for emulator in running:
        emulator.__exit__()


@pytest.fixture
def run(make_emulator: Callable[..., Emulator]) -> Callable[..., None]:
    """Run an asynchronous test against a fresh emulator with the given options."""

    def go(test: Test, *, auth: DataPlaneAuth = "entra", **options: Any) -> None:
        async def body() -> None:
            async with connected(make_emulator(**options), auth) as azure:
                await test(azure)

        asyncio.run(body())

    return go
