"""`batchplan failover` and `batchplan failback`"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.apply import GATE, ask_for_yes
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Emulator, Parallelism, in_session, place, project
from batchplan.cli.running import Lock, LockTimeout, seconds
from batchplan.cli.ways import Approve, Input

if TYPE_CHECKING:
    from batchplan.ops.apply import Applied
    from batchplan.ops.failover import Failover, FailoverPlan
    from batchplan.ops.session import Session
    from batchplan.plan.regions import Moving

Pools = Annotated[
    list[str] | None, typer.Argument(metavar="[ADDRESS...]", help="Pools with backups: pool.render, or a module.")
]
Region = Annotated[
    str | None, typer.Option("--region", metavar="LOCATION", help="Every pool that is active in this region.")
]
Unreachable = Annotated[
    bool, typer.Option("--from-unreachable", help="Go on though the region that is left does not answer.")
]
Resubmit = Annotated[
    bool, typer.Option("--resubmit", help="Add the unfinished tasks of the region that is left to jobs in the other.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Save the plan, and move nothing; apply FILE does.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept in the state.")]


def failover(
    address: Pools = None,
    to: Annotated[str | None, typer.Option("--to", metavar="KEY", help="The backup that takes over.")] = None,
    region: Region = None,
    from_unreachable: Unreachable = False,
    resubmit: Resubmit = False,
    keep_primary: Annotated[bool, typer.Option("--keep-primary", help="Leave the pool its nodes.")] = False,
    settle: Annotated[
        bool,
        typer.Option("--settle", help="Move nothing; do what is owed where a region answers again. It does not ask."),
    ] = False,
    reason: Reason = "",
    out: Out = None,
    auto_approve: Approve = False,
    json: Json = False,
    parallelism: Parallelism = 10,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    input: Input = True,  # noqa: A002 - Terraform's word
    emulator: Emulator = False,
) -> int:
    """Move the work of a pool to its backup in another region: nodes first, then its schedules, never both at work."""
    from batchplan.ops.failover import Failover

    asked = Failover(
        what=tuple(place(one) for one in address or ()),
        region=region,
        to=to,
        from_unreachable=from_unreachable,
        keep_primary=keep_primary,
        resubmit=resubmit,
        settle=settle,
        why=reason,
    )
    if not settle:
        _one_of(address, region)
    elif to is not None or resubmit or from_unreachable or keep_primary:
        raise typer.BadParameter("-settle moves nothing, so it takes no other flag of a move")
    ways = _Ways(auto_approve, json, parallelism, lock, seconds(lock_timeout), input, emulator, out)
    return _move(asked, "failover", var, var_file, ways)


def failback(
    address: Pools = None,
    region: Region = None,
    from_unreachable: Unreachable = False,
    resubmit: Resubmit = False,
    reason: Reason = "",
    out: Out = None,
    auto_approve: Approve = False,
    json: Json = False,
    parallelism: Parallelism = 10,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    input: Input = True,  # noqa: A002
    emulator: Emulator = False,
) -> int:
    """Return the work of a pool to its own region, in the same order: nothing is at work twice."""
    from batchplan.ops.failover import Failover
    from batchplan.plan.regions import PRIMARY

    asked = Failover(
        what=tuple(place(one) for one in address or ()),
        region=region,
        to=PRIMARY,
        from_unreachable=from_unreachable,
        resubmit=resubmit,
        why=reason,
    )
    _one_of(address, region)
    ways = _Ways(auto_approve, json, parallelism, lock, seconds(lock_timeout), input, emulator, out)
    return _move(asked, "failback", var, var_file, ways)


def _one_of(address: list[str] | None, region: str | None) -> None:
    if bool(address) == bool(region):
        raise typer.BadParameter("name pools, or with -region all that are active in a region")


@dataclass(frozen=True, slots=True)
class _Ways:
    """How a run is to go."""

    approve: bool
    json: bool
    parallelism: int
    lock: bool
    timeout: float
    ask: bool
    emulator: bool
    out: Path | None


def _move(asked: "Failover", word: str, var: list[str], var_file: list[str], ways: _Ways) -> int:
    from batchplan.ops.apply import apply_plan, locked
    from batchplan.ops.failover import make_failover, moving, owes
    from batchplan.ops.saved import save_plan

    loaded = project(var, var_file)
    if ways.out is not None and (asked.settle or asked.resubmit or asked.from_unreachable):
        raise typer.BadParameter(
            "what depends on tasks that wait now, or on a region that does not answer now, cannot be saved for later"
        )

    async def work(session: "Session") -> "tuple[FailoverPlan, Sequence[Moving], Applied | None] | None":
        if asked.settle and not await owes(session):
            return None
        async with locked(session, word, lock=ways.lock, timeout=ways.timeout):
            made = await make_failover(session, loaded, asked)
            told = await moving(session, made)
            _announce(made, told, asked, ways)
            if ways.out is not None:
                save_plan(made.planned, ways.out)
            if made.planned.is_empty or ways.out is not None:
                return made, told, None
            if not (ways.approve or asked.settle):
                ask_for_yes("\nMove the work?", ask=ways.ask and not ways.json)
            report = show.run_reporter(json=ways.json)
            return made, told, await apply_plan(session, made.planned, report, ways.parallelism)

    done = in_session(work, loaded, emulator=ways.emulator)
    if done is None:
        if not ways.json:
            show.line("Nothing is owed anywhere.")
        return 0
    return _end(*done, ways, asked)


def _announce(made: "FailoverPlan", told: "Sequence[Moving]", asked: "Failover", ways: _Ways) -> None:
    from batchplan.report.failover import segments, settling

    if ways.json:
        show.plan_events(made.planned)
        return
    show.warnings(made.planned.diagnostics, compact=False)
    if asked.settle:
        show.styled(settling(told, made.planned.steps))
        return
    show.styled(segments(told, made.planned.steps, resubmit=asked.resubmit))


def _end(
    made: "FailoverPlan", told: "Sequence[Moving]", applied: "Applied | None", ways: _Ways, asked: "Failover"
) -> int:
    from batchplan.report.failover import done_text, settled_text
    from batchplan.report.failures import run_diagnostics

    if applied is None:
        if ways.out is not None and not ways.json:
            show.line(f"\nSaved; nothing was moved. To do exactly this: batchplan apply {ways.out}")
        return 0
    found = run_diagnostics(applied.result, made.planned.steps)
    if ways.json:
        show.end_events(made.planned, applied, found)
    else:
        show.diagnostics(found)
        if applied.result.complete:
            show.line()
            text = settled_text(told) if asked.settle else done_text(told, made.planned.steps)
            show.styled([("bold", text + "\n")])
    if any(failure.gate for failure in applied.result.failed.values()):
        return GATE
    return 0 if applied.result.complete else 1
