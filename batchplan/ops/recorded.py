"""What an account remembers of its tasks, as a load to simulate."""

from collections.abc import Iterator

from batchplan.core.address import AddressError, parse_address
from batchplan.core.codes import INVALID_ADDRESS, UNKNOWN_TARGET
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.remote import Remote
from batchplan.ops.session import Session
from batchplan.plan.observation import Record
from batchplan.state.document import by_address, remote_of


async def recorded(session: Session, given: str) -> Record:
    """Return the tasks that ended in an account, or on a pool; raise UserError when the name means neither.

    It is named by its address, which the state must know, or by its id in Azure.
    """
    where = _of_id(given) if given.startswith("/") else await _of_address(session, given)
    return await session.reader.record(where.account_id, where.name if where.kind == "pool" else None)


def csv_lines(record: Record) -> Iterator[str]:
    """Yield the tasks as lines of a workload in CSV."""
    yield "creationTime,startTime,endTime"
    for one in record.tasks:
        yield f"{one.created},{one.started},{one.ended}"


def _of_id(given: str) -> Remote:
    parts = given.strip("/").split("/")
    kinds = [part.lower() for part in parts[0::2]]
    if kinds == ["subscriptions", "resourcegroups", "providers", "batchaccounts"]:
        return Remote("account", given.rstrip("/"), parts[-1])
    if kinds == ["subscriptions", "resourcegroups", "providers", "batchaccounts", "pools"]:
        return Remote("pool", "/" + "/".join(parts[:-2]), parts[-1])
    detail = f"{given} is neither the id of a Batch account nor that of one of its pools."
    raise UserError([Diagnostic(INVALID_ADDRESS, detail)])


async def _of_address(session: Session, given: str) -> Remote:
    try:
        address = parse_address(given)
    except AddressError as error:
        raise UserError([Diagnostic(INVALID_ADDRESS, f"{error}.")]) from None
    state = await session.store.read()
    known = by_address(state) if state is not None else {}
    if address.kind not in ("account", "pool") or address not in known:
        detail = f"{given} is no account and no pool that the state knows, so nothing has run there."
        raise UserError([Diagnostic(UNKNOWN_TARGET, detail)])
    return remote_of(known[address])
