"""The executor and its waits, on the emulator through the SDKs: what they look at is what Azure tells."""

from collections.abc import Callable
from typing import Any

from emulated_azure import SUBSCRIPTION, Azure, account_id, pool_body

from batchplan.apply.executor import Run, RunResult, Surroundings
from batchplan.apply.waits import pause
from batchplan.backends.memory import MemoryStore
from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan import step as steps
from batchplan.plan.diff import unapplied
from batchplan.state.secrets import new_key

ACCOUNT = Remote("account", account_id(), "acct")
POOL = Remote("pool", account_id(), "p")
JOB = Remote("job", account_id(), "j")
KEY = new_key()


def chain(*made: tuple[type[Any], Remote, dict[str, Any]]) -> list[Any]:
    """Return steps that each need the one before."""
    found: list[Any] = []
    for at, (kind, remote, more) in enumerate(made):
        needs = (found[-1].id,) if found else ()
        found.append(kind(id=str(at), address=Address((), remote.kind, "a"), remote=remote, needs=needs, **more))
    return found


async def execute(azure: Azure, *made: tuple[type[Any], Remote, dict[str, Any]]) -> RunResult:
    """Run steps one after the other."""
    around = Surroundings(
        reader=azure.reader,
        writer=azure.writer,
        store=MemoryStore(),
        clock=azure.clock,
        report=lambda _: None,
        seal=lambda document: document,
        verify=lambda step, found: unapplied(step.remote.kind, step.applied, found.document, KEY),  # type: ignore[union-attr, arg-type]
    )
    return await Run("run", chain(*made), around).execute()


UP: list[tuple[type[Any], Remote, dict[str, Any]]] = [
    (steps.Create, ACCOUNT, {"body": {"location": "westeurope"}, "applied": {"location": "westeurope"}}),
    (steps.Available, ACCOUNT, {"timeout": 600}),
    (steps.Create, POOL, {"body": pool_body(2), "applied": {"vm_size": "standard_d2s_v3"}}),
    (steps.Steady, POOL, {"timeout": 1800, "since_step": "2"}),
    (steps.Ready, POOL, {"timeout": 1800}),
]

MOVING = {"target": Remote("pool", account_id(), "q"), "option": "wait", "timeout": 600, "at_timeout": "pause"}


def test_everything_up_and_down(run: Callable[..., None]) -> None:
    """An account, a pool with nodes and a job come and go, each wait ending by what it sees."""

    async def body(azure: Azure) -> None:
        job = {"body": {"id": "j", "poolInfo": {"poolId": "p"}}, "applied": {"pool_info": {"pool_id": "p"}}}
        result = await execute(
            azure,
            *UP,
            (steps.Create, JOB, job),
            (steps.DisableJob, JOB, {"option": "requeue"}),
            (steps.JobIs, JOB, {"state": "disabled", "timeout": 600}),
            (steps.EnableJob, JOB, {}),
            (steps.JobIs, JOB, {"state": "active", "timeout": 600}),
            (steps.MoveWork, POOL, {**MOVING, "moves": False}),
            (steps.Resize, POOL, {"dedicated": 0, "low_priority": 0, "option": "taskcompletion"}),
            (steps.Steady, POOL, {"timeout": 1800, "since_step": "11"}),
            (steps.Delete, JOB, {}),
            (steps.Gone, JOB, {"timeout": 600}),
            (steps.Delete, POOL, {}),
            (steps.Gone, POOL, {"timeout": 1800}),
            (steps.Delete, ACCOUNT, {}),
            (steps.Gone, ACCOUNT, {"timeout": 1800}),
        )
        assert not result.failed
        assert result.complete
        assert await azure.reader.read(ACCOUNT) is None

    run(body)


def test_long_waits_look_less_often(run: Callable[..., None]) -> None:
    """What takes an hour is looked at some hundred times, not seven hundred; what takes seconds at once."""
    looks = 0
    waited = 0.0
    while waited < 3600:
        waited += pause(waited)
        looks += 1
    assert looks < 160
    assert (pause(0), pause(40), pause(120), pause(3000)) == (5.0, 5.0, 12.0, 30.0)

    async def body(azure: Azure) -> None:
        assert (await execute(azure, *UP[:3])).complete
        begun = len(azure.requests())
        result = await execute(azure, (steps.Gone, POOL, {"timeout": 3600}))
        assert "after 60m00s" in result.failed["0"].message
        assert looks <= len(azure.requests()) - begun <= looks + 2

    run(body)


def test_nodes_that_cannot_be_had(run: Callable[..., None]) -> None:
    """A pool that does not get its nodes fails its wait with the service's code, and with why."""

    async def body(azure: Azure) -> None:
        azure.fault({"pool": "p", "effect": {"kind": "allocation_failure", "code": "AllocationFailed"}})
        result = await execute(azure, *UP)
        assert list(result.failed) == ["3"]
        assert "AllocationFailed" in result.failed["3"].message
        assert list(result.skipped) == ["4"]

    run(body)


def test_start_tasks_that_fail(run: Callable[..., None]) -> None:
    """Nodes whose start task fails fail the wait for them, with their exit code."""

    async def body(azure: Azure) -> None:
        azure.fault({"pool": "p", "effect": {"kind": "start_task_failure", "exit_code": 42}})
        task = {"startTask": {"commandLine": "false", "waitForSuccess": True}}
        made = [*UP[:2], (steps.Create, POOL, {"body": pool_body(2, **task), "applied": {}}), *UP[3:]]
        result = await execute(azure, *made)
        assert list(result.failed) == ["4"]
        assert "exit code 42" in result.failed["4"].message

    run(body)


def test_an_interrupted_run_is_repeated(run: Callable[..., None]) -> None:
    """Steps that had been done are done again without making anything twice."""

    async def body(azure: Azure) -> None:
        for _ in range(2):
            result = await execute(azure, *UP)
            assert result.complete, result.failed
        puts = [entry for entry in azure.requests() if entry["method"] == "PUT" and entry["status"] < 300]
        assert sorted(entry["path"].rpartition("/")[2] for entry in puts) == ["acct", "p"]
        assert SUBSCRIPTION in puts[0]["path"]

    run(body)
