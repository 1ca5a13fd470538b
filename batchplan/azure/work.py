"""What names a pool, and what pools take of a quota: read by list, a few calls an account."""

import asyncio
from collections.abc import Collection, Mapping

from azure.batch.aio import BatchClient

from batchplan.azure.rawjson import Json, get, listed
from batchplan.azure.untold import signs_in_with_password
from batchplan.core.remote import Remote
from batchplan.plan.naming import smoke_prefix
from batchplan.plan.observation import OVER, JobAtWork, JobSeen, PoolUse, TaskCounts, TaskStanding, Work
from batchplan.ports import NotFound

_JOBS = {"$select": "id,state,poolInfo"}


async def work_on(client: BatchClient, pools: Collection[Remote]) -> dict[Remote, Work]:
    """Return what names each of some pools of one account. Raise AzureError."""
    jobs, schedules = await asyncio.gather(
        listed(client, "/jobs", _JOBS), listed(client, "/jobschedules", {"$select": "id,state,jobSpecification"})
    )
    made_by = {str(one["id"]).lower(): str(one["id"]) for one in schedules}
    auto = sum(bool((one.get("poolInfo") or {}).get("autoPoolSpecification")) for one in jobs if not _is_over(one))
    found = {}
    for pool in pools:
        here = [one for one in jobs if _pool(one) == pool.name.lower()]
        tests = [one for one in here if str(one["id"]).lower().startswith(smoke_prefix(pool.name).lower())]
        working = [one for one in here if one not in tests and not _is_over(one)]
        making = [
            one
            for one in schedules
            if _pool(one.get("jobSpecification") or {}) == pool.name.lower() and not _is_over(one)
        ]
        counts = await asyncio.gather(*(task_counts(client, str(one["id"])) for one in working))
        pairs = zip(working, counts, strict=True)
        found[pool] = Work(
            jobs=tuple(_job(pool, one, count, made_by) for one, count in pairs),
            schedules=tuple(Remote("job_schedule", pool.account_id, one["id"]) for one in making),
            sealed=frozenset(
                str(one["id"]).lower() for one in making if signs_in_with_password(one["jobSpecification"])
            ),
            smoke_tests=tuple(Remote("job", pool.account_id, one["id"]) for one in tests),
            auto_pool_jobs=auto,
        )
    return found


async def tasks_of(client: BatchClient, job: str) -> dict[str, TaskStanding]:
    """Return where the tasks of a job stand, by their ids; none when the job is gone. Raise AzureError."""
    try:
        found = await listed(client, f"/jobs/{job}/tasks", {"$select": "id,state,executionInfo"})
    except NotFound:
        return {}
    return {str(one["id"]): _standing(one) for one in found}


def _standing(task: Json) -> TaskStanding:
    """Return where a task stands. One that has an exit code has run, however it ended."""
    ran: Json = task.get("executionInfo") or {}
    over = _state(task) == "completed"
    again = int(ran.get("retryCount") or 0) + int(ran.get("requeueCount") or 0)
    begun = bool(ran.get("startTime")) or again > 0
    failed = str(ran.get("result", "")).lower() == "failure"
    return TaskStanding(_state(task), again + begun, over and failed and ran.get("exitCode") is None)


async def jobs_of(client: BatchClient, account_id: str) -> list[JobSeen]:
    """Return the jobs and schedules of an account, those that are over too. Raise AzureError."""
    jobs, schedules = await asyncio.gather(
        listed(client, "/jobs", _JOBS), listed(client, "/jobschedules", {"$select": "id,state,jobSpecification"})
    )
    made_by = {str(one["id"]).lower(): str(one["id"]) for one in schedules}
    made = [
        JobSeen(Remote("job", account_id, str(one["id"])), _state(one), _pool_named(one), _schedule(one, made_by))
        for one in jobs
    ]
    return made + [
        JobSeen(
            Remote("job_schedule", account_id, str(one["id"])),
            _state(one),
            _pool_named(one.get("jobSpecification") or {}),
        )
        for one in schedules
    ]


def _state(answer: Json) -> str:
    return str(answer.get("state", "")).lower()


def _schedule(job: Json, schedules: Mapping[str, str]) -> str | None:
    """Return the schedule that made a job: it is called `SCHEDULE:job-N`, and nothing else tells."""
    prefix, colon, _ = str(job["id"]).rpartition(":job-")
    return schedules.get(prefix.lower()) if colon else None


def _job(pool: Remote, answer: Json, counts: TaskCounts, schedules: Mapping[str, str]) -> JobAtWork:
    return JobAtWork(Remote("job", pool.account_id, answer["id"]), _state(answer), counts, _schedule(answer, schedules))


def _pool(answer: Json) -> str:
    return _pool_named(answer).lower()


def _pool_named(answer: Json) -> str:
    return str((answer.get("poolInfo") or {}).get("poolId") or "")


def _is_over(answer: Json) -> bool:
    return str(answer.get("state", "")).lower() in OVER


async def task_counts(client: BatchClient, job: str) -> TaskCounts:
    """Return how many tasks a job has. Raise AzureError."""
    counts = (await get(client, f"/jobs/{job}/taskcounts")).get("taskCounts") or {}
    return TaskCounts(
        active=int(counts.get("active", 0)),
        running=int(counts.get("running", 0)),
        completed=int(counts.get("completed", 0)),
    )


def pool_use(answer: Json) -> PoolUse:
    """Return what a pool, as ARM shows it, takes of its account's quota.

    While a pool shrinks it has the nodes that it is to lose, so the larger of target and present number counts.
    """
    properties = answer.get("properties") or {}
    resize = properties.get("resizeOperationStatus") or {}
    fixed = (properties.get("scaleSettings") or {}).get("fixedScale") or resize
    return PoolUse(
        name=str(answer.get("name", "")),
        vm_size=str(properties.get("vmSize", "")),
        dedicated=max(int(fixed.get("targetDedicatedNodes") or 0), int(properties.get("currentDedicatedNodes") or 0)),
        low_priority=max(
            int(fixed.get("targetLowPriorityNodes") or 0), int(properties.get("currentLowPriorityNodes") or 0)
        ),
    )
