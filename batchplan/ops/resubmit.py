"""Which jobs leave unfinished tasks behind in a failover, and the steps that add them in the other region."""

from collections.abc import Mapping, Sequence
from typing import Any

from batchplan.core.codes import RESUBMIT_IMPOSSIBLE
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.remote import Remote
from batchplan.ops.plan import Planned
from batchplan.ops.session import Session
from batchplan.plan.desired import DesiredObject
from batchplan.plan.observation import Observation
from batchplan.plan.order import sorted_steps
from batchplan.plan.regions import RegionalPool
from batchplan.plan.shift import Silent
from batchplan.plan.step import EnableSchedule, Ready, SetActive, Step
from batchplan.schema.api import to_api
from batchplan.schema.facts import Plane
from batchplan.state.document import by_address, remote_of
from batchplan.strategies.resubmit import Leftover, resubmit

FROM = "batchplan:from"
"""The metadata entry of a copied job that says where its tasks come from."""


async def with_resubmitted(session: Session, planned: Planned, silent: Silent) -> None:
    """Add to the plan of a failover the steps that add unfinished tasks in the region that takes over.

    Raise UserError when the region that is left cannot be asked for its tasks.
    """
    steps: list[Step] = list(planned.steps)
    for group in planned.changes.regional:
        after = [
            one.id for one in planned.steps if isinstance(one, (SetActive, EnableSchedule, Ready)) and _of(one, group)
        ]
        for key in group.pools:
            if key == group.active:
                continue
            if (group.accounts[key].lower(), Plane.DATA) in silent:
                detail = (
                    f"{group.accounts[key].rpartition('/')[2]} does not answer, so its unfinished tasks cannot be read. "
                    "Fail over without -resubmit; when it is back, the same command with -resubmit adds them."
                )
                raise UserError([Diagnostic(RESUBMIT_IMPOSSIBLE, detail)])
            found = await _leftovers(session, planned, group, key)
            steps.extend(resubmit(group.pool, found, after))
    planned.steps = sorted_steps(steps)


def _of(step: Step, group: RegionalPool) -> bool:
    return step.address in group.members()


async def _leftovers(session: Session, planned: Planned, group: RegionalPool, key: str) -> list[Leftover]:
    known = by_address(planned.state)
    record = known.get(group.pools[key])
    wanted = {one.address: one for one in planned.desired}
    target = wanted[group.pools[group.active]]
    if record is None:
        return []
    made = []
    pool = remote_of(record)
    for at_work in (await session.reader.work_on([pool]))[pool].jobs:
        job = await session.reader.read(at_work.remote)
        tasks = await session.reader.unfinished(at_work.remote) if job is not None else ()
        if job is None or not tasks:
            continue
        body = _body(job, tasks, planned.desired, group)
        body |= {
            "poolInfo": {"poolId": target.remote.name},
            "metadata": [*body.get("metadata", ()), _origin(job.remote)],
        }
        copy = await _free(session, Remote("job", target.remote.account_id, job.remote.name.replace(":", "-")))
        declared = any(one.kind == "job" and one.remote.key == job.remote.key for one in planned.desired)
        made.append(Leftover(job.remote, copy, body, len(tasks), declared))
    return made


def _body(
    job: Observation, tasks: Sequence[str] | Any, desired: Sequence[DesiredObject], group: RegionalPool
) -> dict[str, Any]:
    """Return the JSON of a job like another: as the schedule there makes them, or as it is.

    Its manager comes along only while it has not ended: what it has added is copied.
    """
    schedule = _schedule_of(job.remote.name, desired, group)
    if schedule is not None:
        made = to_api("job_schedule", {"job_specification": schedule.document["job_specification"]})
        body = dict(made["jobSpecification"])
    else:
        body = dict(to_api("job", {name: value for name, value in job.document.items() if name != "name"}))
        body.pop("id", None)
    manager: Mapping[str, Any] = body.get("jobManagerTask") or {}
    if manager and manager.get("id") not in tasks:
        del body["jobManagerTask"]
    return {name: value for name, value in body.items() if name != "metadata"} | {
        "metadata": [one for one in body.get("metadata", ()) if one.get("name") != FROM]
    }


def _schedule_of(job: str, desired: Sequence[DesiredObject], group: RegionalPool) -> DesiredObject | None:
    name = job.partition(":")[0].lower() if ":" in job else None
    there = {by_key[group.active] for by_key in group.schedules.values() if group.active in by_key}
    return next((one for one in desired if one.address in there and one.remote.name.lower() == name), None)


def _origin(job: Remote) -> dict[str, str]:
    return {"name": FROM, "value": f"{job.account_id.rpartition('/')[2]}/{job.name}"}


async def _free(session: Session, copy: Remote) -> Remote:
    """Return a job that can take tasks: one that is not there, or not over, of the name or with a number behind it."""
    for number in range(1, 100):
        name = copy.name if number == 1 else f"{copy.name[:60]}-{number}"
        one = Remote("job", copy.account_id, name)
        found = await session.reader.read(one)
        if found is None or str(found.facts.get("state", "")).lower() in ("active", "disabled", "enabling"):
            return one
    raise AssertionError("a hundred jobs of one name are over")
