"""What a command works with once it may look at Azure: made by `wiring`, used by the use cases."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from batchplan.ports import Clock, Reader, StateStore, Writer


@dataclass(frozen=True, slots=True)
class Session:
    """The outside, through its ports. `close` lets go of connections, and of a private emulator.

    `client` are the settings of whoever makes the calls, as policy asks them; empty where nobody told.
    """

    reader: Reader
    writer: Writer
    store: StateStore
    clock: Clock
    subscription: str
    close: Callable[[], Awaitable[None]]
    endpoint_suffix: str | None = None
    emulated: bool = False
    client: Mapping[str, Any] = field(default_factory=dict)
