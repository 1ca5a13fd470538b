"""What an account remembers of its tasks."""

from collections.abc import Callable

from azure.batch.models import BatchTaskCreateOptions
from emulated_azure import Azure, account_id

from batchplan.autoscale.laboratory import read_csv
from batchplan.core.remote import Remote
from batchplan.ops.recorded import csv_lines


def test_ended_tasks_are_a_load(run: Callable[..., None]) -> None:
    """Tasks that ran to an end are read with their times, of an account or of one pool; others are counted."""

    async def body(azure: Azure) -> None:
        await azure.account()
        for pool in ("p", "q"):
            await azure.pool(pool, nodes=1)
            await azure.create(
                Remote("job", account_id(), f"on-{pool}"), {"id": f"on-{pool}", "poolInfo": {"poolId": pool}}
            )
        client = await azure.clients.batch(account_id())
        for job, name, seconds in (("on-p", "a", 60), ("on-p", "b", 100000), ("on-p", "c", 10), ("on-q", "d", 30)):
            await client.create_task(job, BatchTaskCreateOptions(id=name, command_line=f"sleep {seconds}"))
        await azure.advance(300)
        everything = await azure.reader.record(account_id())
        assert (len(everything.tasks), everything.others) == (2, 2)
        found = await azure.reader.record(account_id(), "Q")
        assert (len(found.tasks), found.others) == (1, 0)
        (task,) = read_csv(csv_lines(found)).tasks
        assert round(task.seconds) == 30

    run(body)


def test_an_empty_account(run: Callable[..., None]) -> None:
    """An account without jobs has no record."""

    async def body(azure: Azure) -> None:
        await azure.account()
        found = await azure.reader.record(account_id())
        assert (found.tasks, found.others) == ((), 0)

    run(body)
