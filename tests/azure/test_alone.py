"""A schedule is enabled only while its copy is disabled, in whatever order the requests of two callers come."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest
from emulated_azure import Azure, account_id

from batchplan.azure.alone import enable_alone
from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan.step import DisableSchedule, EnableSchedule
from batchplan.ports import AT_WORK_ELSEWHERE, Conflict, NotFound, Unreachable

WEST = Remote("job_schedule", account_id("west"), "s")
NORTH = Remote("job_schedule", account_id("north"), "s")
WHERE = Address((), "job_schedule", "s")


def enabling(own: Remote, *others: Remote) -> EnableSchedule:
    """Return the step."""
    return EnableSchedule(id="1", address=WHERE, remote=own, elsewhere=others)


async def set_up(azure: Azure, *, active: Sequence[Remote] = (), there: Sequence[Remote] = (WEST, NORTH)) -> None:
    """Make both schedules, enabled where it is said."""
    for one in there:
        await azure.account(one.account_id.rpartition("/")[2])
        await azure.create(one, {"id": "s", "schedule": {}, "jobSpecification": {"poolInfo": {"poolId": "p"}}})
    await switched(azure, active, there)


async def switched(azure: Azure, active: Sequence[Remote], there: Sequence[Remote] = (WEST, NORTH)) -> None:
    """Enable some, and disable the others."""
    for one in there:
        await azure.do(EnableSchedule if one in active else DisableSchedule, one)


def at_work(azure: Azure) -> set[str]:
    """Return the accounts in which the schedule makes jobs."""
    return set(
        azure.emulator.call(lambda world: [one.account for one in world.schedules.values() if one.state == "active"])
    )


@dataclass(slots=True)
class Turns:
    """Whose request is next: `order` names callers; one who has ended gives his turns to the others."""

    order: Iterator[int]
    ended: set[int] = field(default_factory=set)
    waiting: dict[int, asyncio.Event] = field(default_factory=dict)

    async def take(self, who: int) -> None:
        """Wait until it is the turn of a caller; his turn lasts until he asks for the next one."""
        self.waiting[who] = asyncio.Event()
        if len(self.waiting) + len(self.ended) == 2:
            self._next()
        await self.waiting[who].wait()
        del self.waiting[who]

    def leave(self, who: int) -> None:
        """Take no more turns."""
        self.ended.add(who)
        if self.waiting:
            self._next()

    def _next(self) -> None:
        who = next((one for one in self.order if one not in self.ended), None)
        found = who if who is not None and who in self.waiting else next(iter(self.waiting))
        self.waiting[found].set()


@dataclass(frozen=True, slots=True)
class Doors:
    """Clients whose every request waits for its turn."""

    azure: Azure
    turns: Turns
    who: int
    seen: Callable[[], None]

    async def batch(self, account_id: str) -> Any:
        """Return the client of an account."""
        return Door(await self.azure.clients.batch(account_id), self)


@dataclass(frozen=True, slots=True)
class Door:
    """One client."""

    inner: Any
    doors: Doors

    async def _in_turn(self, call: Coroutine[Any, Any, Any]) -> Any:
        await self.doors.turns.take(self.doors.who)
        try:
            return await call
        finally:
            self.doors.seen()

    async def send_request(self, *given: Any, **more: Any) -> Any:
        return await self._in_turn(self.inner.send_request(*given, **more))

    async def enable_job_schedule(self, *given: Any, **more: Any) -> Any:
        return await self._in_turn(self.inner.enable_job_schedule(*given, **more))

    async def disable_job_schedule(self, *given: Any, **more: Any) -> Any:
        return await self._in_turn(self.inner.disable_job_schedule(*given, **more))


async def in_order(azure: Azure, order: Sequence[int]) -> list[bool]:
    """Let two enable, each in one region, their requests in an order; return who has been able to."""
    turns = Turns(iter(order))

    def seen() -> None:
        assert len(at_work(azure)) <= 1, order

    async def one(who: int, step: EnableSchedule) -> bool:
        try:
            await enable_alone(Doors(azure, turns, who, seen), step)
        except Conflict:
            return False
        finally:
            turns.leave(who)
        return True

    return list(await asyncio.gather(one(0, enabling(WEST, NORTH)), one(1, enabling(NORTH, WEST))))


REQUESTS = 4
"""Of one caller: its own schedule is read, the copy is read and disabled, its own one is enabled."""


def test_every_order_of_two(run: Callable[..., None]) -> None:
    """Both regions are disabled, and two enable one each: never both are at work, and alone each of them comes to it."""

    async def body(azure: Azure) -> None:
        await set_up(azure)
        ends = set()
        for places in combinations(range(2 * REQUESTS), REQUESTS):
            order = [0 if at in places else 1 for at in range(2 * REQUESTS)]
            done = await in_order(azure, order)
            assert at_work(azure) == {name for name, fine in zip(("west", "north"), done, strict=True) if fine}
            ends.add(tuple(done))
            await switched(azure, ())
        assert {(True, False), (False, True)} <= ends
        assert (True, True) not in ends

    run(body)


def test_a_copy_at_work(run: Callable[..., None]) -> None:
    """While a copy makes jobs it is refused, also when it is enabled itself; and what is said names place and way out."""

    async def body(azure: Azure) -> None:
        await set_up(azure, active=[NORTH])
        for own in ((), (WEST,)):
            await switched(azure, [NORTH, *own])
            with pytest.raises(Conflict) as refused:
                await azure.writer.perform(enabling(WEST, NORTH))
            assert refused.value.code == AT_WORK_ELSEWHERE
            for word in ("s makes jobs in north", "enabled in west", "batchplan status", "failback"):
                assert word in refused.value.message
        assert at_work(azure) == {"west", "north"}

    run(body)


def test_alone(run: Callable[..., None]) -> None:
    """It is enabled once its copy is disabled, is not there, or is over; done twice it is done once."""

    async def body(azure: Azure) -> None:
        await set_up(azure)
        for _ in range(2):
            await azure.writer.perform(enabling(WEST, NORTH))
            assert at_work(azure) == {"west"}
        client: Any = await azure.clients.batch(NORTH.account_id)
        for end in (client.begin_terminate_job_schedule, client.begin_delete_job_schedule):
            await switched(azure, (), [WEST])
            await end(NORTH.name)
            await azure.advance(60)
            await azure.writer.perform(enabling(WEST, NORTH))
            assert at_work(azure) == {"west"}
        await client.close()

    run(body)


def test_a_service_that_does_not_disable_twice(run: Callable[..., None]) -> None:
    """Where a disabled copy is not disabled once more, it is disabled, and the schedule is enabled."""

    async def body(azure: Azure) -> None:
        await set_up(azure)
        refusal = {"kind": "answer", "status": 409, "code": "JobScheduleDisabled"}
        azure.fault({"method": "POST", "path": "jobschedules/s/disable", "effect": refusal})
        await enable_alone(azure.clients, enabling(WEST, NORTH))
        assert [one["status"] for one in azure.requests() if one["path"].endswith("/disable")][-1:] == [409]
        assert at_work(azure) == {"west"}

    run(body)


def test_what_is_not_there_is_not_enabled(run: Callable[..., None]) -> None:
    """A schedule that somebody has deleted is told as such."""

    async def body(azure: Azure) -> None:
        await set_up(azure, there=[NORTH])
        await azure.account("west")
        with pytest.raises(NotFound):
            await azure.writer.perform(enabling(WEST, NORTH))

    run(body)


def test_answers_that_are_lost(run: Callable[..., None]) -> None:
    """When the answer to either write is lost, the repetition finds another ETag, and it comes to the same end."""

    async def body(azure: Azure) -> None:
        await set_up(azure)
        for account in ("north", "west"):
            lost = {"kind": "cut", "when": "after"}
            azure.fault({"method": "POST", "account": account, "count": 1, "effect": lost})
        await azure.writer.perform(enabling(WEST, NORTH))
        assert at_work(azure) == {"west"}

    run(body)


def test_a_region_that_does_not_answer(run: Callable[..., None]) -> None:
    """When it cannot be told whether the copy makes jobs, nothing is enabled, and it is said how to go on."""

    async def body(azure: Azure) -> None:
        await set_up(azure)
        azure.fault({"account": "north", "effect": {"kind": "cut"}})
        with pytest.raises(Unreachable) as refused:
            await azure.writer.perform(enabling(WEST, NORTH))
        assert "--from-unreachable" in refused.value.message
        azure.emulator.call(lambda _: azure.emulator.faults.clear())
        assert at_work(azure) == set()

    run(body)
