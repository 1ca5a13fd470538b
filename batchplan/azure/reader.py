"""Reading Azure: by list, per account, in parallel; the number of calls depends on accounts and pages."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchplan.azure.clients import Clients, NoEndpoint
from batchplan.azure.earlier import EARLIER_ARM, EARLIER_DATA, dropped
from batchplan.azure.facts import etag_of, facts_of
from batchplan.azure.nodes import counts, health, seen, task_seen
from batchplan.azure.parallel import together
from batchplan.azure.probe import reach
from batchplan.azure.rawjson import Json, get, listed, pages
from batchplan.azure.work import jobs_of, pool_use, task_counts, tasks_of, work_on
from batchplan.core.remote import Remote, account_parts
from batchplan.plan.observation import (
    JobSeen,
    Listed,
    NodeHealth,
    NodeSeen,
    Observation,
    PoolUse,
    Quotas,
    Reach,
    Record,
    RecordedTask,
    TaskCounts,
    TaskSeen,
    TaskStanding,
    Work,
)
from batchplan.ports import Forbidden, NotFound, Unreachable
from batchplan.schema.api import from_api

log = logging.getLogger(__name__)

PROVIDERS_VERSION = "2022-12-01"
"""Of ARM's own API, which tells what providers offer."""

OF_SCHEDULE = ":"
"""The service names the jobs of a schedule `SCHEDULE:job-1`; nobody else may use a colon."""
_COLLECTIONS = {"application": "applications", "pool": "pools", "job": "jobs", "job_schedule": "jobschedules"}
"""What the lists of an account are called in paths."""
ON_ARM = frozenset({"account", "application", "application_package", "pool"})


@dataclass(frozen=True, slots=True)
class AzureReader:
    """Implements `ports.Reader`."""

    clients: Clients

    async def observe(
        self, wanted: Collection[Remote], listed: Listed | None = None
    ) -> Mapping[Remote, Observation | None]:
        """Return each object as it is, None where there is none; what lists have told already is not read again."""
        seen = Listed() if listed is None else listed
        by_account: dict[str, list[Remote]] = defaultdict(list)
        for remote in wanted:
            by_account[remote.account_id.lower()].append(remote)
        await self._accounts([_account_of(remotes[0]) for remotes in by_account.values()], seen)
        # What is below an account that is being deleted goes with it, and its data plane refuses every call.
        await together(self._below(remotes, seen) for remotes in by_account.values() if _stays(remotes[0], seen))
        return {remote: seen.found.get(remote.key) for remote in wanted}

    async def read(self, remote: Remote) -> Observation | None:
        """Return one object as it is now. Raise what an operation on it that we began has failed with."""
        found = await self._read(remote)
        if remote.kind in ON_ARM:
            await self.clients.operations.check(self.clients.arm(remote.account_id), remote)
        return found

    async def _read(self, remote: Remote) -> Observation | None:
        try:
            answer = await self._get(remote)
        except NotFound:
            return None
        except Unreachable:
            if remote.kind not in ON_ARM and await self.read(_account_of(remote)) is None:
                return None  # nobody answers at the endpoint of an account that is gone
            raise
        return self._observation(remote, answer)

    async def dropped(self, remote: Remote) -> Mapping[str, Any]:
        """Return what an earlier api-version tells of an object and the present one has no member for, by JSON path."""
        on_arm = remote.kind in ON_ARM
        client = self.clients.arm(remote.account_id) if on_arm else await self.clients.batch(remote.account_id)
        return await dropped(client, _path(remote), EARLIER_ARM if on_arm else EARLIER_DATA)

    async def node_health(self, pool: Remote) -> NodeHealth:
        """Return the state of a pool's nodes; with at most five of the failed ones' output."""
        return await health(await self.clients.batch(pool.account_id), pool.name)

    async def task_counts(self, job: Remote) -> TaskCounts:
        """Return how many tasks a job has."""
        return await task_counts(await self.clients.batch(job.account_id), job.name)

    async def work_on(self, pools: Collection[Remote]) -> Mapping[Remote, Work]:
        """Return what names each pool: jobs that are not completed, those of schedules too, and schedules."""
        by_account: dict[str, list[Remote]] = defaultdict(list)
        for pool in pools:
            by_account[pool.account_id.lower()].append(pool)
        found: dict[Remote, Work] = {}
        await together(self._work(account, found) for account in by_account.values())
        return found

    async def _work(self, pools: Sequence[Remote], found: dict[Remote, Work]) -> None:
        found.update(await work_on(await self.clients.batch(pools[0].account_id), pools))

    async def pools_of(self, account_id: str) -> Sequence[PoolUse]:
        """Return all pools of an account, with what they take of its quota."""
        return [pool_use(answer) async for answer in pages(self.clients.arm(account_id), f"{account_id}/pools")]

    async def node_counts(self, account_id: str) -> Mapping[str, Mapping[str, int]]:
        """Return the nodes of each pool of an account, by its id and by state in lower case."""
        return await counts(await self.clients.batch(account_id))

    async def jobs_of(self, account_id: str) -> Sequence[JobSeen]:
        """Return the jobs and schedules of an account, those that are over too."""
        return await jobs_of(await self.clients.batch(account_id), account_id)

    async def accounts_by_location(self) -> Mapping[str, int]:
        """Return how many accounts the subscription has in each region that it has any in."""
        subscription = self.clients.settings.subscription_id
        path = f"/subscriptions/{subscription}/providers/Microsoft.Batch/batchAccounts"
        listed_accounts = await listed(self.clients.arm_of(subscription), path)
        return Counter(str(one.get("location", "")).replace(" ", "").lower() for one in listed_accounts)

    async def api_versions(self) -> Sequence[str]:
        """Return the versions of the management API that Azure offers for Batch accounts."""
        subscription = self.clients.settings.subscription_id
        path = f"/subscriptions/{subscription}/providers/Microsoft.Batch"
        found = await get(self.clients.arm_of(subscription), path, {"api-version": PROVIDERS_VERSION})
        kinds = {str(one.get("resourceType", "")).lower(): one for one in found.get("resourceTypes") or ()}
        return tuple(kinds.get("batchaccounts", {}).get("apiVersions") or ())

    async def nodes(self, pool: Remote) -> Sequence[NodeSeen]:
        """Return the nodes of a pool."""
        return await seen(await self.clients.batch(pool.account_id), pool.name)

    async def task(self, job: Remote, task: str) -> TaskSeen | None:
        """Return a task of a job, None where there is none."""
        return await task_seen(await self.clients.batch(job.account_id), job.name, task)

    async def reach(self, account_id: str) -> Reach:
        """Return which planes of an account answer, of three tries in short order."""
        return await reach(self.clients, account_id)

    async def unfinished(self, job: Remote) -> Collection[str]:
        """Return the ids of a job's tasks that have not ended."""
        client = await self.clients.batch(job.account_id)
        wanted = {"$filter": "state ne 'completed'", "$select": "id"}
        return [str(one["id"]) for one in await listed(client, f"/jobs/{job.name}/tasks", wanted)]

    async def tasks_of(self, job: Remote) -> Mapping[str, TaskStanding]:
        """Return where the tasks of a job stand, by their ids; none when the job is gone. Raise AzureError."""
        return await tasks_of(await self.clients.batch(job.account_id), job.name)

    async def quotas(self, account_id: str) -> Quotas:
        """Return an account's quotas."""
        properties = (await get(self.clients.arm(account_id), account_id)).get("properties") or {}
        families = properties.get("dedicatedCoreQuotaPerVMFamily") or ()
        return Quotas(
            dedicated_cores=properties.get("dedicatedCoreQuota"),
            low_priority_cores=properties.get("lowPriorityCoreQuota"),
            cores_by_family={one["name"]: one["coreQuota"] for one in families},
            by_family_enforced=bool(properties.get("dedicatedCoreQuotaPerVMFamilyEnforced")),
            pools=int(properties.get("poolQuota", 0)),
            active_jobs_and_schedules=int(properties.get("activeJobAndJobScheduleQuota", 0)),
        )

    async def contents(self, account_id: str) -> Sequence[Remote]:
        """Return the pools, jobs and job schedules of an account; not the jobs of schedules."""
        arm, selected = self.clients.arm(account_id), {"$select": "id"}
        pools = [Remote("pool", account_id, one["name"]) async for one in pages(arm, f"{account_id}/pools")]
        try:
            client = await self.clients.batch(account_id)
        except NoEndpoint:
            return pools  # it is being made
        jobs = [Remote("job", account_id, one["id"]) async for one in pages(client, "/jobs", selected)]
        schedules = [
            Remote("job_schedule", account_id, one["id"]) async for one in pages(client, "/jobschedules", selected)
        ]
        return [*pools, *(job for job in jobs if OF_SCHEDULE not in job.name), *schedules]

    async def record(self, account_id: str, pool: str | None = None) -> Record:
        """Return the tasks that have ended in an account, or in its jobs on one pool."""
        client = await self.clients.batch(account_id)
        jobs = [
            str(answer["id"])
            async for answer in pages(client, "/jobs", {"$select": "id,poolInfo,executionInfo"})
            if pool is None or pool.lower() == _pool_of(answer).lower()
        ]
        found: dict[str, list[Json]] = {}

        async def read(job: str) -> None:
            wanted = {"$select": "id,creationTime,executionInfo,requiredSlots"}
            found[job] = await listed(client, f"/jobs/{job}/tasks", wanted)

        await together(read(job) for job in jobs)
        tasks = [task for job in jobs for task in found[job]]
        made = [one for one in map(_recorded, tasks) if one is not None]
        return Record(tuple(made), len(tasks) - len(made))

    # Accounts.

    async def look_up(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the attributes of a data block of a kind, by its arguments."""
        from batchplan.azure.lookup import look_up

        return await look_up(self, kind, arguments)

    async def _accounts(self, wanted: Iterable[Remote], seen: Listed) -> None:
        by_subscription: dict[str, list[Remote]] = defaultdict(list)
        for account in wanted:
            if _place(account) not in seen.whole:
                by_subscription[account_parts(account.account_id).subscription.lower()].append(account)
        await together(self._accounts_of(group, seen) for group in by_subscription.values())

    async def _accounts_of(self, accounts: Sequence[Remote], seen: Listed) -> None:
        """Look for the accounts of one subscription in its list.

        ARM's list lags behind, and callers with rights on a group alone may not read it: what is not in
        it is looked for by itself.
        """
        wanted = {account.account_id.lower(): account for account in accounts}
        subscription = account_parts(accounts[0].account_id).subscription
        path = f"/subscriptions/{subscription}/providers/Microsoft.Batch/batchAccounts"
        try:
            async for answer in pages(self.clients.arm(accounts[0].account_id), path):
                account = wanted.get(str(answer.get("id", "")).lower())
                if account is not None:
                    self._keep(account, answer, seen)
        except (Forbidden, NotFound) as refused:
            log.debug("the accounts of subscription %s cannot be listed: %s", subscription, refused)
        await together(self._account(one, seen) for one in accounts if one.key not in seen.found)
        seen.whole.update(map(_place, accounts))

    async def _account(self, account: Remote, seen: Listed) -> None:
        try:
            self._keep(account, await get(self.clients.arm(account.account_id), account.account_id), seen)
        except NotFound:
            return

    # What is below an account.

    async def _below(self, remotes: Sequence[Remote], seen: Listed) -> None:
        """Read what is wanted of one account, each kind by its list."""
        account_id = remotes[0].account_id
        places = {_place(remote): remote for remote in remotes if remote.kind != "account"}
        try:
            await together(self._list(remote, seen) for place, remote in places.items() if place not in seen.whole)
        except NotFound:
            if await self.read(_account_of(remotes[0])) is not None:
                raise
            # The account went while it was read; what is below went with it.
            for key in [key for key in seen.found if key[1] == account_id.lower()]:
                del seen.found[key]
        seen.whole.update(places)

    async def _list(self, like: Remote, seen: Listed) -> None:
        """Read all of one object's kind that its account has; of packages, those of its application."""
        account_id = like.account_id
        match like.kind:
            case "application_package":
                await self._packages(account_id, like.name, seen)
            case "job" | "job_schedule":
                await self._list_batch(like.kind, account_id, _COLLECTIONS[like.kind], seen)
            case _:
                await self._list_arm(like.kind, account_id, _COLLECTIONS[like.kind], seen)

    async def _list_arm(self, kind: str, account_id: str, collection: str, seen: Listed) -> None:
        async for answer in pages(self.clients.arm(account_id), f"{account_id}/{collection}"):
            self._keep(Remote(kind, account_id, answer["name"]), answer, seen)

    async def _packages(self, account_id: str, application: str, seen: Listed) -> None:
        path = f"{account_id}/applications/{application}/versions"
        try:
            answers = await listed(self.clients.arm(account_id), path)
        except NotFound:
            return
        for answer in answers:
            self._keep(Remote("application_package", account_id, application, answer["name"]), answer, seen)

    async def _list_batch(self, kind: str, account_id: str, collection: str, seen: Listed) -> None:
        try:
            client = await self.clients.batch(account_id)
        except NoEndpoint:
            return  # it is being made, and holds nothing yet
        async for answer in pages(client, f"/{collection}"):
            self._keep(Remote(kind, account_id, answer["id"]), answer, seen)

    def _keep(self, remote: Remote, answer: Json, seen: Listed) -> None:
        seen.found[remote.key] = self._observation(remote, answer)

    async def _get(self, remote: Remote) -> Json:
        if remote.kind in ON_ARM:
            return await get(self.clients.arm(remote.account_id), _path(remote))
        return await get(await self.clients.batch(remote.account_id), _path(remote))

    def _observation(self, remote: Remote, answer: Json) -> Observation:
        kind = remote.kind
        if kind == "account":
            self.clients.learn(remote.account_id, (answer.get("properties") or {}).get("accountEndpoint"))
        return Observation(remote, from_api(kind, answer), etag_of(kind, answer), facts_of(kind, answer))


def _path(remote: Remote) -> str:
    """Return the path of an object on the plane that tells of it."""
    return remote.id if remote.kind in ON_ARM else f"/{_COLLECTIONS[remote.kind]}/{remote.name}"


def _account_of(remote: Remote) -> Remote:
    return Remote("account", remote.account_id, account_parts(remote.account_id).name)


def _place(remote: Remote) -> tuple[str, str, str]:
    """Return the name of the list that an object is in."""
    application = remote.name.lower() if remote.kind == "application_package" else ""
    return remote.kind, remote.account_id.lower(), application


def _stays(remote: Remote, seen: Listed) -> bool:
    """Return whether the account of an object exists, and is not being deleted."""
    account = seen.found.get(_account_of(remote).key)
    return account is not None and not account.is_going


def _pool_of(job: Json) -> str:
    """Return the pool that a job ran on last, or names."""
    ran = (job.get("executionInfo") or {}).get("poolId")
    return str(ran or (job.get("poolInfo") or {}).get("poolId") or "")


def _recorded(task: Json) -> RecordedTask | None:
    ran = task.get("executionInfo") or {}
    if not (ran.get("startTime") and ran.get("endTime")):
        return None
    return RecordedTask(task["creationTime"], ran["startTime"], ran["endTime"], int(task.get("requiredSlots") or 1))
