"""`batchplan failover` and `batchplan failback`"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.apply import GATE, POLICY, ask_for_yes
from batchplan.cli.planning import in_session, place, project
from batchplan.cli.policy_options import Overrides
from batchplan.cli.policy_options import asked as policy_asked
from batchplan.cli.ways import Ways, with_ways

if TYPE_CHECKING:
    from batchplan.ops.apply import Applied
    from batchplan.ops.failover import Failover, FailoverPlan
    from batchplan.ops.policy import Checked
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
Reasons = Annotated[
    list[str], typer.Option("--reason", metavar="TEXT", help="Why, for the state; and why an -override is fine.")
]
NOT_OF_A_MOVE = ("refresh", "compact_warnings", "override", "reason")


@with_ways(*NOT_OF_A_MOVE)
def failover(
    ways: Ways,
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
    override: Overrides = [],  # noqa: B006 - typer copies it
    reason: Reasons = [],  # noqa: B006
    out: Out = None,
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
        why=_why(override, reason),
    )
    if not settle:
        _one_of(address, region)
    elif to is not None or resubmit or from_unreachable or keep_primary or override:
        raise typer.BadParameter("-settle moves nothing, so it takes no other flag of a move")
    return _move(asked, "failover", out, _overriding(ways, override, reason))


@with_ways(*NOT_OF_A_MOVE)
def failback(
    ways: Ways,
    address: Pools = None,
    region: Region = None,
    from_unreachable: Unreachable = False,
    resubmit: Resubmit = False,
    override: Overrides = [],  # noqa: B006
    reason: Reasons = [],  # noqa: B006
    out: Out = None,
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
        why=_why(override, reason),
    )
    _one_of(address, region)
    return _move(asked, "failback", out, _overriding(ways, override, reason))


def _why(override: list[str], reason: list[str]) -> str:
    """Return why the work is moved: the reason, which is that of an override as well."""
    if len(reason) > 1 and not override:
        raise typer.BadParameter("give one -reason for the move, and one for each -override, or one for all")
    return "; ".join(dict.fromkeys(reason))


def _overriding(ways: Ways, override: list[str], reason: list[str]) -> Ways:
    if ways.policy is None or not override:
        return ways
    return replace(ways, policy=replace(ways.policy, overrides=policy_asked(None, override, reason).overrides))


def _one_of(address: list[str] | None, region: str | None) -> None:
    if bool(address) == bool(region):
        raise typer.BadParameter("name pools, or with -region all that are active in a region")


def _move(asked: "Failover", word: str, out: Path | None, ways: Ways) -> int:
    from batchplan.ops.apply import apply_plan, locked
    from batchplan.ops.failover import make_failover, moving, owes
    from batchplan.ops.policy import record_overrides, refuse
    from batchplan.ops.policygate import PolicyGatekeeper, with_gates
    from batchplan.ops.saved import save_plan

    loaded = project(ways.var, ways.var_file)
    if out is not None and (asked.settle or asked.resubmit or asked.from_unreachable):
        raise typer.BadParameter(
            "what depends on tasks that wait now, or on a region that does not answer now, cannot be saved for later"
        )

    async def work(session: "Session") -> "tuple[FailoverPlan, Sequence[Moving], Applied | None] | None":
        if asked.settle and not await owes(session):
            return None
        async with locked(session, word, lock=ways.lock, timeout=ways.timeout):
            made = await make_failover(session, loaded, asked)
            told = await moving(session, made)
            checked = await _checked(session, made, asked, ways)
            made = replace(made, planned=with_gates(made.planned, checked))
            _announce(made, told, checked, asked, ways)
            if out is not None:
                save_plan(made.planned, out)
            if made.planned.is_empty or out is not None:
                return made, told, None
            if checked is not None:
                refuse(checked.judgement)
            if not (ways.approve or asked.settle):
                ask_for_yes("\nMove the work?", ask=ways.ask and not ways.json)
            keeper = None
            if checked is not None and ways.policy is not None:
                planned = await record_overrides(session, made.planned, checked.judgement)
                made, keeper = replace(made, planned=planned), PolicyGatekeeper(session, planned, ways.policy, checked)
            report = show.run_reporter(json=ways.json)
            return made, told, await apply_plan(session, made.planned, report, ways.parallelism, keeper)

    done = in_session(work, loaded, emulator=ways.emulator)
    if done is None:
        if not ways.json:
            show.line("Nothing is owed anywhere.")
        return 0
    return _end(*done, out, ways, asked)


async def _checked(session: "Session", made: "FailoverPlan", asked: "Failover", ways: Ways) -> "Checked | None":
    """Return what policy finds because of the move; what is owed has been decided before."""
    from batchplan.ops.policymove import check_move

    if ways.policy is None or asked.settle or made.planned.is_empty:
        return None
    return await check_move(session, made.planned, ways.policy, unreachable=asked.from_unreachable)


def _announce(
    made: "FailoverPlan", told: "Sequence[Moving]", checked: "Checked | None", asked: "Failover", ways: Ways
) -> None:
    from batchplan.report.failover import segments, settling
    from batchplan.report.policy import section

    judgement = checked.judgement if checked is not None else None
    if ways.json:
        show.plan_events(made.planned, judgement)
        return
    show.warnings(made.planned.diagnostics, compact=False)
    if asked.settle:
        show.styled(settling(told, made.planned.steps))
        return
    show.styled(segments(told, made.planned.steps, resubmit=asked.resubmit))
    if judgement is not None and (judgement.open or judgement.undecided_hard):
        show.styled(section(judgement))


def _end(
    made: "FailoverPlan",
    told: "Sequence[Moving]",
    applied: "Applied | None",
    out: Path | None,
    ways: Ways,
    asked: "Failover",
) -> int:
    from batchplan.report.failover import done_text, settled_text
    from batchplan.report.failures import run_diagnostics

    if applied is None:
        if out is not None and not ways.json:
            show.line(f"\nSaved; nothing was moved. To do exactly this: batchplan apply {out}")
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
    if any(failure.policy for failure in applied.result.failed.values()):
        return POLICY
    if any(failure.gate for failure in applied.result.failed.values()):
        return GATE
    return 0 if applied.result.complete else 1
