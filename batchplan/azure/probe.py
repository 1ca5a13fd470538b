"""Whether an account answers: asked thrice within seconds, not for the minutes that calls which matter are repeated."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from batchplan.azure.clients import Clients
from batchplan.azure.rawjson import Client, Json, get, pages
from batchplan.core.remote import account_parts
from batchplan.plan.observation import Reach
from batchplan.ports import AzureError, Throttled, Unreachable

log = logging.getLogger(__name__)

TRIES = 3
PAUSE = 2.0  # seconds between tries
ONCE: dict[str, Any] = {"patience": 0.0, "connection_timeout": 5, "read_timeout": 10}
"""How a probe is sent: not repeated by the pipeline, and given up soon."""


async def reach(clients: Clients, account_id: str) -> Reach:
    """Return which planes of an account answer. An answer that says no is an answer."""
    control = await _tried(clients, lambda: _control(clients, account_id))
    if not control:
        await _learn(clients, account_id)
    data = await _tried(clients, lambda: _data(clients, account_id))
    return Reach(control=control, data=data)


async def _control(clients: Clients, account_id: str) -> None:
    account = await _get(clients.arm(account_id), account_id, {})
    clients.learn(account_id, (account.get("properties") or {}).get("accountEndpoint"))


async def _data(clients: Clients, account_id: str) -> None:
    await _get(await clients.batch(account_id, patient=False), "/jobs", {"maxresults": "1", "$select": "id"})


async def _learn(clients: Clients, account_id: str) -> None:
    """Learn the endpoint from the subscription's list, which is not answered by the account's region."""
    wanted = account_parts(account_id)
    path = f"/subscriptions/{wanted.subscription}/providers/Microsoft.Batch/batchAccounts"
    try:
        async for answer in pages(clients.arm(account_id), path, options=ONCE):
            if str(answer.get("id", "")).lower() == account_id.lower():
                clients.learn(account_id, (answer.get("properties") or {}).get("accountEndpoint"))
    except AzureError as error:
        log.info("the accounts of the subscription cannot be listed: %s", error)


async def _tried(clients: Clients, call: Callable[[], Awaitable[Any]]) -> bool:
    for attempt in range(TRIES):
        if attempt:
            await clients.pause(PAUSE)
        try:
            await call()
        except (Unreachable, Throttled) as error:
            log.info("probe %d of %d: %s", attempt + 1, TRIES, error)
        except AzureError:
            return True
        else:
            return True
    return False


async def _get(client: Client, path: str, params: dict[str, str]) -> Json:
    return await get(client, path, params, ONCE)
