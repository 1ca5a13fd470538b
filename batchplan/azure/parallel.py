"""Several calls at once."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any


async def together(calls: Iterable[Awaitable[Any]]) -> None:
    """Await all; the first that fails ends the others, and its exception is raised as it is."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
