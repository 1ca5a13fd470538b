"""The load and the pool of a simulation, as flags of the command line."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli.formula_input import clock, fail, read

if TYPE_CHECKING:
    from batchplan.autoscale.laboratory import Settings, Workload

Pattern = Annotated[str, typer.Option("--pattern", help="steady, bursts, nightly, diurnal or deadline.")]
Csv = Annotated[str | None, typer.Option("--workload", help="A CSV file with arrival and seconds, or recorded tasks.")]
FromAccount = Annotated[
    str | None,
    typer.Option("--from-account", metavar="ADDRESS|ID", help="The tasks that ended in an account, or on a pool."),
]
Tasks = Annotated[int, typer.Option("--tasks", help="How many tasks to generate.")]
Span = Annotated[str, typer.Option("--span", help="How long to simulate: 12h, 7d.")]
TaskTime = Annotated[str, typer.Option("--task-time", help="About how long a task runs: 90s, 15m, 2h.")]
Slots = Annotated[int, typer.Option("--slots", help="Task slots per node.")]
Boot = Annotated[str, typer.Option("--boot", help="How long a node takes to boot.")]
StartTask = Annotated[str, typer.Option("--start-task", help="How long the start task runs.")]
Interval = Annotated[str, typer.Option("--interval", help="The evaluation interval: 15m or PT15M.")]
Delay = Annotated[str, typer.Option("--delay", help="How late samples become visible.")]
Loss = Annotated[float, typer.Option("--loss", help="The share of samples that never arrive.")]
Preemption = Annotated[float, typer.Option("--preemption", help="Chance per hour that a low-priority node is taken.")]
Quota = Annotated[int, typer.Option("--quota", help="Most dedicated nodes the account may have.")]
SpotQuota = Annotated[int, typer.Option("--low-priority-quota", help="Most low-priority nodes the account may have.")]
Price = Annotated[float | None, typer.Option("--price", help="Price of a dedicated node hour.")]
SpotPrice = Annotated[float | None, typer.Option("--low-priority-price", help="Price of a low-priority node hour.")]
Start = Annotated[str | None, typer.Option("--start", help="When the simulation begins; else a Monday at midnight.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same simulation.")]

_TIME = re.compile(
    "".join(
        rf"(?:(?P<{unit}>\d+(?:\.\d+)?){ending})?"
        for unit, ending in zip("dhms", ("d", "h", "m(?:in)?", "s?"), strict=True)
    )
)
_SECONDS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


def seconds(text: str) -> float:
    """The seconds of 90, 90s, 15m, 1h30m, 7d or PT15M."""
    plain = text.strip().lower().removeprefix("p").replace("t", "")
    found = _TIME.fullmatch(plain)
    if not found or not plain:
        fail(f"{text!r} is no length of time; write 90s, 15m, 2h, 7d or PT15M")
    return sum(float(found[unit]) * length for unit, length in _SECONDS.items() if found[unit])


def load(workload: str | None, pattern: str, tasks: int, span: str, task_time: str, seed: int) -> "Workload":
    """The tasks of a CSV file, or those of a pattern."""
    from batchplan.autoscale.laboratory import GENERATORS, generate, read_csv
    from batchplan.autoscale.laboratory.workload import UnreadableWorkload

    if workload is not None:
        try:
            return read_csv(read(workload).splitlines(), name=workload)
        except UnreadableWorkload as fault:
            fail(f"{workload}: {fault}")
    if pattern not in GENERATORS:
        fail(f"{pattern!r} is no pattern; there are {', '.join(GENERATORS)}")
    return generate(pattern, tasks=tasks, span=seconds(span), seconds=seconds(task_time), seed=seed)


def recorded_load(given: str, values: Sequence[str], files: Sequence[str], *, emulator: bool) -> "Workload":
    """The tasks that an account, or a pool, of the configuration's Azure remembers; says how many it leaves out."""
    from batchplan.autoscale.laboratory import read_csv
    from batchplan.cli.planning import in_session, project
    from batchplan.ops.recorded import csv_lines, recorded

    found = in_session(lambda session: recorded(session, given), project(values, files), emulator=emulator)
    if not found.tasks:
        fail(f"no task has ended in {given} that it remembers")
    if found.others:
        typer.echo(
            f"{found.others} of {found.others + len(found.tasks)} tasks have not run to an end: left out", err=True
        )
    wide = sum(one.slots > 1 for one in found.tasks)
    if wide:
        typer.echo(f"{wide} tasks need more than one slot; here they take one", err=True)
    return read_csv(csv_lines(found), name=given)


def settings(
    slots: int,
    boot: str,
    start_task: str,
    interval: str,
    delay: str,
    loss: float,
    preemption: float,
    quota: int,
    low_priority_quota: int,
    price: float | None,
    low_priority_price: float | None,
    seed: int,
    start: str | None,
) -> "Settings":
    """The pool that the flags describe."""
    from batchplan.autoscale.laboratory import Settings

    try:
        return Settings(
            slots=slots,
            boot=seconds(boot),
            start_task=seconds(start_task),
            interval=seconds(interval),
            delay=seconds(delay),
            loss=loss,
            preemption=preemption,
            quota_dedicated=quota,
            quota_low_priority=low_priority_quota,
            price_dedicated=price,
            price_low_priority=low_priority_price,
            seed=seed,
            start=None if start is None else clock(start),
        )
    except ValueError as fault:
        fail(str(fault))
