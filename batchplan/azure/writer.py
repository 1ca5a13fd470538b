"""Changing Azure: one call a step. Done twice, a step has the same result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchplan.azure.calls import Calls
from batchplan.azure.clients import Clients
from batchplan.azure.errors import translated
from batchplan.azure.goals import differing, reached
from batchplan.azure.reader import AzureReader
from batchplan.plan.observation import Observation
from batchplan.plan.step import Call, Create
from batchplan.ports import AT_WORK_ELSEWHERE, Conflict, NotFound, Outcome

REPLACED = frozenset({"account", "application", "application_package"})
"""Kinds whose PUT takes the place of what is there: it is looked for first."""


@dataclass(frozen=True, slots=True)
class AzureWriter:
    """Implements `ports.Writer`."""

    clients: Clients
    reader: AzureReader

    async def perform(self, step: Call) -> Outcome:
        """Make the call of a step. Raise AzureError."""
        if isinstance(step, Create) and step.remote.kind in REPLACED:
            there = await self.reader.read(step.remote)
            if there is not None and not _is_pending(step, there.facts):
                return _adopted(step, there)
        try:
            with translated():
                return Outcome(etag=await Calls(self.clients).make(step))
        except NotFound:
            if reached(step, None):
                return Outcome(adopted=True)
            raise
        except Conflict as conflict:
            if conflict.code == AT_WORK_ELSEWHERE and conflict.status != 412:
                raise  # also when it is enabled itself: then two are
            there = await self.reader.read(step.remote)
            if reached(step, there):
                # An interrupted run had done it, or a call whose answer was lost has been repeated.
                return Outcome(etag=there.etag if there else None, adopted=True)
            if isinstance(step, Create) and there is not None and not there.is_going:
                return _adopted(step, there)
            raise


def _adopted(step: Create, there: Observation) -> Outcome:
    """Return the outcome of a creation that finds the object there; raise Conflict when it is another one."""
    if step.applied is None:
        return Outcome(etag=there.etag, adopted=True)
    fields = differing(step.remote.kind, step.applied, there.document)
    if not fields:
        return Outcome(etag=there.etag, adopted=True)
    raise Conflict(
        f"{step.remote} exists already, and is not what would be created; import it, or give this one another name",
        code="AlreadyExists",
        values=[("differs in", ", ".join(fields))],
        status=409,
    )


def _is_pending(step: Create, facts: Mapping[str, Any]) -> bool:
    """A package that has a record and no zip yet is made anew: its upload had not been finished."""
    return step.remote.kind == "application_package" and str(facts.get("state", "")).lower() == "pending"
