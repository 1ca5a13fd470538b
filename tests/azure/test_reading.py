"""Reading: by list, per account; the number of calls depends on accounts and pages."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from azure.batch.models import BatchTaskCreateOptions
from emulated_azure import SUBSCRIPTION, Azure, account_id, pool_body

from batchplan.core.remote import Remote
from batchplan.plan.observation import Listed, TaskStanding
from batchplan.plan.step import Delete, TerminateJob
from batchplan.ports import Forbidden, NotFound, Unreachable

ACCOUNTS = ("one", "two", "three")


async def populated(azure: Azure, pools: int) -> list[Remote]:
    """Create three accounts with so many pools each, an application, a job and a schedule; return all as wanted."""
    wanted: list[Remote] = []
    for name in ACCOUNTS:
        wanted.append(await azure.account(name))
        here = [Remote("pool", account_id(name), f"Pool-{number}") for number in range(pools)]
        await asyncio.gather(*(azure.create(pool, pool_body()) for pool in here))
        application = Remote("application", account_id(name), "tool")
        package = Remote("application_package", account_id(name), "tool", "1.0")
        job, schedule = Remote("job", account_id(name), "j"), Remote("job_schedule", account_id(name), "s")
        await azure.create(application, {"properties": {"displayName": "Tool"}})
        await azure.create(package, {})
        await azure.create(job, {"id": "j", "poolInfo": {"poolId": "Pool-0"}})
        specification = {"poolInfo": {"poolId": "Pool-0"}}
        await azure.create(schedule, {"id": "s", "schedule": {}, "jobSpecification": specification})
        wanted += [*here, application, package, job, schedule]
    return wanted


async def observed(azure: Azure, wanted: list[Remote]) -> tuple[dict[Remote, Any], list[tuple[str, str]]]:
    """Return what is observed, and the calls that it took."""
    azure.emulator.dispatcher.log.clear()
    found = await azure.reader.observe(wanted)
    return dict(found), [(entry["method"], entry["path"]) for entry in azure.requests()]


@pytest.mark.parametrize("pools", [2, 34])
def test_calls_depend_on_accounts_only(run: Callable[..., None], pools: int) -> None:
    """Two pools and thirty-four in each of three accounts take the same sixteen calls."""

    async def body(azure: Azure) -> None:
        wanted = await populated(azure, pools)
        found, calls = await observed(azure, wanted)
        assert set(found) == set(wanted)
        assert all(found.values())
        assert Counter(method for method, _ in calls) == {"GET": 1 + 3 * 5}

    run(body)


def test_only_what_is_wanted_is_read(run: Callable[..., None]) -> None:
    """For pools alone no data plane is asked, and accounts without wanted objects are not looked into."""

    async def body(azure: Azure) -> None:
        await populated(azure, 1)
        _, calls = await observed(azure, [Remote("pool", account_id("two"), "Pool-0")])
        assert [path.rpartition("/")[2] for _, path in calls] == ["batchAccounts", "pools"]

    run(body)


def test_what_was_listed_is_not_listed_again(run: Callable[..., None]) -> None:
    """With what was listed at hand only lists that were not read yet are asked for, of accounts that were not too."""

    async def body(azure: Azure) -> None:
        await populated(azure, 2)
        listed = Listed()
        await azure.reader.observe([Remote("pool", account_id("one"), "Pool-0")], listed)
        azure.emulator.dispatcher.log.clear()
        other, gone = Remote("pool", account_id("one"), "Pool-1"), Remote("pool", account_id("one"), "Pool-9")
        found = await azure.reader.observe([other, gone], listed)
        assert (found[other] is not None, found[gone], list(azure.requests())) == (True, None, [])
        job, pool = Remote("job", account_id("one"), "j"), Remote("pool", account_id("two"), "Pool-0")
        found = await azure.reader.observe([job, pool, other], listed)
        assert all(found.values())
        assert sorted(entry["path"].rpartition("/")[2] for entry in azure.requests()) == [
            "batchAccounts",
            "jobs",
            "pools",
        ]

    run(body)


def test_names_are_found_in_any_case(run: Callable[..., None]) -> None:
    """Remotes are matched whatever the case of their ids."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("Mixed")
        other = Remote(
            "pool", account_id().replace("resourceGroups", "RESOURCEGROUPS").replace("/rg/", "/RG/"), "mIXED"
        )
        found = await azure.reader.observe([other])
        assert found[other] is not None
        assert found[other].remote.name == "Mixed"

    run(body)


def test_further_pages_are_read(run: Callable[..., None]) -> None:
    """A list of more than one page is read to its end, on either plane."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        jobs = [Remote("job", account_id(), f"j{number}") for number in range(1001)]

        def fill(world: Any) -> None:
            from batchplan.emulator.world import jobs as world_jobs

            account = world.accounts["acct",]
            account.quotas["activeJobAndJobScheduleQuota"] = 5000
            for job in jobs:
                world_jobs.create_job(world, account, {"id": job.name, "poolInfo": {"poolId": "p"}})

        await asyncio.to_thread(azure.emulator.call, fill)
        found, calls = await observed(azure, jobs)
        assert all(found.values())
        assert len(found) == 1001
        assert [path for _, path in calls if path == "/jobs"] == ["/jobs", "/jobs"]

    run(body)


def test_an_account_that_is_not_there(run: Callable[..., None]) -> None:
    """Where there is no account there is nothing below it, and nothing below it is asked for."""

    async def body(azure: Azure) -> None:
        kinds = ("account", "pool", "job", "job_schedule", "application", "application_package")
        wanted = [Remote(kind, account_id("nowhere"), "nowhere") for kind in kinds]
        found, calls = await observed(azure, wanted)
        assert found == dict.fromkeys(wanted)
        assert len(calls) == 2, "the list, and the account by itself: lists lag behind"
        for one in wanted:
            assert await azure.reader.read(one) is None

    run(body)


def test_the_endpoint_of_an_account_that_is_gone(run: Callable[..., None]) -> None:
    """A job of an account that has gone since its endpoint was learnt is not there, although nobody says so."""

    async def body(azure: Azure) -> None:
        account = await azure.account()
        job = Remote("job", account_id(), "j")
        assert await azure.reader.read(job) is None
        await azure.do(Delete, account)
        await azure.advance(900)
        assert await azure.reader.read(job) is None

    run(body)


def test_an_account_that_is_being_made(run: Callable[..., None]) -> None:
    """An account that is being made is there, and empty."""

    async def body(azure: Azure) -> None:
        account = Remote("account", account_id("young"), "young")
        await azure.create(account, {"location": "westeurope"})
        pool, job = Remote("pool", account_id("young"), "p"), Remote("job", account_id("young"), "j")
        found = await azure.reader.observe([account, pool, job])
        assert found[account] is not None
        assert found[account].facts["provisioning_state"] == "Creating"
        assert (found[pool], found[job]) == (None, None)

    run(body)


def test_a_caller_who_may_not_list(run: Callable[..., None]) -> None:
    """A caller without rights on the subscription finds accounts by themselves."""

    async def body(azure: Azure) -> None:
        account = await azure.account()
        refuse(
            azure, f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Batch/batchAccounts", 403, "AuthorizationFailed"
        )
        found = await azure.reader.observe([account])
        assert found[account] is not None
        assert any(entry["status"] == 403 for entry in azure.requests())

    run(body)


def test_a_refusal_is_raised(run: Callable[..., None]) -> None:
    """What may not be read is no absence: the refusal is raised, with its code."""

    async def body(azure: Azure) -> None:
        await azure.account()
        refuse(azure, "/jobs", 403, "InsufficientAccountPermissions")
        with pytest.raises(Forbidden) as raised:
            await azure.reader.observe([Remote("job", account_id(), "j"), Remote("pool", account_id(), "p")])
        assert raised.value.code == "InsufficientAccountPermissions"

    run(body)


def refuse(azure: Azure, path: str, status: int, code: str) -> None:
    """Let the emulator refuse reads of a path."""
    effect = {"kind": "answer", "status": status, "code": code}
    azure.fault({"method": "GET", "path": path, "effect": effect})


def test_counts_and_jobs(run: Callable[..., None]) -> None:
    """Task counts, the jobs on a pool that are not completed, and quotas are told."""

    async def body(azure: Azure) -> None:
        await azure.account()
        pool = await azure.pool("p")
        for name, on in (("a", "P"), ("b", "other"), ("c", "p")):
            await azure.create(Remote("job", account_id(), name), {"id": name, "poolInfo": {"poolId": on}})
        client: Any = await azure.clients.batch(account_id())
        await client.create_task("a", BatchTaskCreateOptions(id="t", command_line="true"))
        await azure.do(TerminateJob, Remote("job", account_id(), "c"))
        await azure.advance(600)
        work = (await azure.reader.work_on([pool]))[pool]
        assert [(job.remote.name, job.counts.active, job.schedule) for job in work.jobs] == [("a", 1, None)]
        counts = await azure.reader.task_counts(Remote("job", account_id(), "a"))
        assert (counts.active, counts.running, counts.completed) == (1, 0, 0)
        quotas = await azure.reader.quotas(account_id())
        assert quotas.dedicated_cores
        assert quotas.cores_by_family
        assert quotas.pools > 0
        with pytest.raises(NotFound):
            await azure.reader.task_counts(Remote("job", account_id(), "nowhere"))

    run(body)


def test_where_tasks_stand(run: Callable[..., None]) -> None:
    """A task that has run tells how often it was started; one that was ended before it ran has given up."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p", nodes=1)
        job = Remote("job", account_id(), "j")
        await azure.create(job, {"id": "j", "poolInfo": {"poolId": "p"}})
        client: Any = await azure.clients.batch(account_id())
        for name, line in (
            ("good", "sleep 1"),
            ("bad", "exit 3"),
            ("long", "sleep 9000"),
            ("later", "x"),
            ("gone", "x"),
        ):
            await client.create_task("j", BatchTaskCreateOptions(id=name, command_line=line))
            await azure.advance(60)
        await client.terminate_task("j", "gone")
        assert await azure.reader.tasks_of(job) == {
            "good": TaskStanding("completed", 1),
            "bad": TaskStanding("completed", 1),
            "long": TaskStanding("running", 1),
            "later": TaskStanding("active", 0),
            "gone": TaskStanding("completed", 0, gave_up=True),
        }
        assert await azure.reader.tasks_of(Remote("job", account_id(), "no")) == {}

    run(body)


def test_healthy_nodes(run: Callable[..., None]) -> None:
    """Nodes that can be used are counted by their state."""

    async def body(azure: Azure) -> None:
        await azure.account()
        pool = await azure.pool("p", nodes=3)
        found = await azure.reader.node_health(pool)
        assert (dict(found.by_state), found.failures) == ({"idle": 3}, ())

    run(body)


def test_failed_start_tasks(run: Callable[..., None]) -> None:
    """Nodes whose start task failed are told with its exit code, and five of them with the end of its output."""

    async def body(azure: Azure) -> None:
        await azure.account()
        azure.fault({"pool": "p", "effect": {"kind": "start_task_failure", "exit_code": 3}})
        start = {"commandLine": "/bin/false", "waitForSuccess": True}
        pool = await azure.pool("p", nodes=7, startTask=start)
        azure.emulator.dispatcher.log.clear()
        found = await azure.reader.node_health(pool)
        assert dict(found.by_state) == {"starttaskfailed": 7}
        assert [failure.exit_code for failure in found.failures] == [3] * 7
        assert all(failure.code for failure in found.failures)
        assert sum("stderr" in entry["path"] and entry["method"] == "HEAD" for entry in azure.requests()) == 5

    run(body)


def test_no_answer_at_all(run: Callable[..., None]) -> None:
    """A region that stays silent is waited for five minutes, then it is unreachable."""

    async def body(azure: Azure) -> None:
        account = await azure.account()
        azure.fault({"region": "westeurope", "effect": {"kind": "region_down", "mode": "unavailable"}})
        with pytest.raises(Unreachable) as raised:
            await azure.reader.read(account)
        assert raised.value.status == 503
        assert 300 <= sum(azure.clock.slept) <= 400

    run(body)
