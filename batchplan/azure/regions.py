"""The hours of a schedule that stands in for another one."""

from datetime import timedelta
from typing import Any

from batchplan.azure.clients import Clients
from batchplan.azure.facts import moment
from batchplan.azure.rawjson import get
from batchplan.azure.send import plain
from batchplan.plan.step import Retime
from batchplan.ports import NotFound
from batchplan.schema.times import instant_text


async def first_run(clients: Clients, step: Retime) -> dict[str, Any]:
    """Return the times that a schedule is given: its own, beginning with a run that lies ahead.

    The service tells the next run of a schedule that is active; of one that has none ahead, nothing is said.
    """
    times: dict[str, Any] = plain(step.body)
    found = moment(step.moment)
    if step.follows is not None:
        found = await _next_run(clients, step) or found
    if found is None:
        return times
    now = clients.now()
    if found <= now and step.every:
        behind = int((now - found).total_seconds() // step.every) + 1
        found += timedelta(seconds=behind * step.every)
    return {**times, "doNotRunUntil": instant_text(found)} if found > now else times


async def _next_run(clients: Clients, step: Retime) -> Any:
    assert step.follows is not None, "asked only where there is another one"
    try:
        client = await clients.batch(step.follows.account_id)
        answer = await get(client, f"/jobschedules/{step.follows.name}")
    except NotFound:
        return None
    return moment((answer.get("executionInfo") or {}).get("nextRunTime"))
