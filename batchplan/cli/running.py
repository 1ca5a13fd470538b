"""Running a use case over a state: who holds a lock is told with exit code 5, what is wrong with a state with 1."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from batchplan.cli import show

if TYPE_CHECKING:
    from batchplan.ops.backend import Backend
    from batchplan.ops.state import Locking
    from batchplan.ports import StateStore

T = TypeVar("T")

LOCKED = 5

Lock = Annotated[bool, typer.Option("--lock/--no-lock", help="Whether to take the lock of the state.")]
LockTimeout = Annotated[
    str, typer.Option("--lock-timeout", metavar="30s", help="How long to wait for the lock: 0s, 30s, 5m.")
]


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a use case to its end and return its result; end the command when the state is locked or unusable."""
    import asyncio
    from datetime import UTC, datetime

    from batchplan.core.codes import STATE_UNUSABLE
    from batchplan.core.diagnostics import Diagnostic, UserError
    from batchplan.ports import LockedError, StateError
    from batchplan.report.locked import locked

    results: list[T] = []

    async def kept() -> None:
        # Not returned: asyncio looks at its handler of SIGINT, for which Python writes out the task with its result,
        # and a large plan takes longer to write out than to make.
        results.append(await work)

    try:
        asyncio.run(kept())
    except LockedError as error:
        show.diagnostics([locked(error.holder, datetime.now(UTC))])
        raise typer.Exit(LOCKED) from None
    except StateError as error:
        detail = str(error)
        end = "" if detail.endswith((".", "?")) else "."
        raise UserError([Diagnostic(STATE_UNUSABLE, f"{detail[0].upper()}{detail[1:]}{end}")]) from None
    return results[0]


def locking(*, lock: bool, timeout: str) -> "Locking":
    """Return how -lock and -lock-timeout want the lock taken."""
    from batchplan.ops.state import Locking

    return Locking(lock, seconds(timeout))


def seconds(text: str) -> float:
    """Return a time such as 30s, 5m or 1h30m in seconds; raise BadParameter for anything else."""
    import re

    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?|(0)", text.strip())
    if found is None or not text.strip():
        raise typer.BadParameter(f'"{text}" is no time; one looks like 30s, 5m or 1h30m')
    hours, minutes, rest, _ = found.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)


def backend() -> "Backend":
    """Return where the project in the current folder keeps its states."""
    import os
    from pathlib import Path

    from batchplan.ops.backend import open_backend

    return open_backend(Path.cwd(), workspace(), os.environ)


def workspace() -> str:
    """Return the workspace in use."""
    import os
    from pathlib import Path

    from batchplan.ops.workspace import current_workspace

    return current_workspace(Path.cwd(), os.environ)


def store() -> "StateStore":
    """Return the states of the project in the current folder, in its workspace."""
    return backend().store(workspace())
