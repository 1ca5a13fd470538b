"""Enabling a schedule that has copies in other accounts, so that never two make jobs, whoever else is at it.

A look and then a call would leave a moment between them in which somebody else, who has looked too, enables another
copy. So each of the two writes to what the other one is about to enable: the copies are disabled once more, though
they are disabled, which gives them another ETag, and the schedule is enabled only under the ETag that it had before
that. Of two who do this at once, each for another copy, at least one finds its own copy changed, and is refused: for
both to succeed, each would have had to read before the other one wrote, and write before the other one read.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from azure.core import MatchConditions

from batchplan.azure.errors import translated
from batchplan.azure.rawjson import Json, get
from batchplan.core.remote import Remote
from batchplan.plan.step import EnableSchedule
from batchplan.ports import AT_WORK_ELSEWHERE, Conflict, NotFound, Unreachable


class Doors(Protocol):
    """Gives the data plane client of an account."""

    async def batch(self, account_id: str) -> Any:
        """Return the client. Raise AzureError."""


TRIES = 3
"""Also a call that is repeated because its answer was lost, or a read from a copy that is behind, finds another ETag."""

DISABLED = "JobScheduleDisabled"
"""The service knows this code, and may refuse with it to disable a schedule once more; then it is disabled, at least."""


async def enable_alone(doors: Doors, step: EnableSchedule) -> None:
    """Enable a schedule while none of its copies elsewhere makes jobs.

    Raise Conflict, with the code `AT_WORK_ELSEWHERE`, when one does, or when somebody else switches them at every try;
    NotFound when the schedule is not there; Unreachable when it cannot be told of a copy.
    """
    for at in range(1, TRIES + 1):
        try:
            await _enable(doors, step)
        except Conflict as error:
            if error.status != 412 or at == TRIES:
                raise
        else:
            return


async def _enable(doors: Doors, step: EnableSchedule) -> None:
    own = await _read(doors, step.remote)
    if own is None:
        raise NotFound(f"{step.remote} does not exist any more", code="JobScheduleNotFound", status=404)
    for copy in step.elsewhere:
        await _kept_off(doors, step.remote, copy)
    if _state(own) != "active":
        client = await doors.batch(step.remote.account_id)
        await _switched(client.enable_job_schedule, step.remote, own)


async def _kept_off(doors: Doors, wanted: Remote, copy: Remote) -> None:
    """Write to a copy that is disabled; raise Conflict when it makes jobs. One that is over can make none any more."""
    try:
        found = await _read(doors, copy)
    except Unreachable as error:
        detail = (
            f"{_place(copy)} does not answer, so it cannot be told whether {copy} makes jobs there, and {wanted} is not "
            f"enabled in {_place(wanted)}. When the region is down: batchplan failover --from-unreachable ({error.message})"
        )
        raise Unreachable(detail, code=error.code, values=error.values, status=error.status) from error
    if found is not None and _state(found) == "active":
        raise Conflict(
            f"{copy} makes jobs in {_place(copy)}, so it is not enabled in {_place(wanted)}: two regions would be at "
            "work. Somebody else has enabled it since this was planned, or is moving the work right now. "
            "Where it is done: batchplan status. When nobody else is at it, move it with batchplan failover or failback.",
            code=AT_WORK_ELSEWHERE,
            status=409,
        )
    if found is not None and _state(found) == "disabled":
        try:
            await _switched((await doors.batch(copy.account_id)).disable_job_schedule, copy, found)
        except Conflict as error:
            if error.code != DISABLED:
                raise


async def _switched(call: Any, remote: Remote, found: Json) -> None:
    """Switch a schedule that nobody has touched since it was read."""
    try:
        with translated():
            await call(remote.name, etag=str(found["eTag"]), match_condition=MatchConditions.IfNotModified)
    except Conflict as error:
        if error.status != 412:
            raise
        raise Conflict(
            f"{remote} in {_place(remote)} has been changed by somebody else in this very moment, so nothing is enabled: "
            "two regions could be at work. When nobody else is moving the work, run the same command again.",
            code=AT_WORK_ELSEWHERE,
            status=412,
        ) from error


async def _read(doors: Doors, remote: Remote) -> Json | None:
    try:
        return await get(await doors.batch(remote.account_id), f"/jobschedules/{remote.name}")
    except NotFound:
        return None


def _state(schedule: Mapping[str, Any]) -> str:
    return str(schedule.get("state", "")).lower()


def _place(remote: Remote) -> str:
    return remote.account_id.rpartition("/")[2]
