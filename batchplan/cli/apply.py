"""`batchplan apply`, `batchplan destroy` and `batchplan refresh`"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.planning import Destroy, Excludes, RefreshOnly, Replaces, Targets, in_session, options, project
from batchplan.cli.ways import APPROVAL_FLAGS, POLICY_FLAGS, Ways, with_ways

if TYPE_CHECKING:
    from batchplan.ops.apply import Applied
    from batchplan.ops.plan import Planned
    from batchplan.ops.policy import Checked
    from batchplan.ops.session import Session
    from batchplan.plan.options import Options

POLICY = 3
GATE = 6


@with_ways()
def apply(
    ways: Ways,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A plan saved by plan -out.")] = None,
    target: Targets = [],  # noqa: B006 - typer copies it
    exclude: Excludes = [],  # noqa: B006
    replace: Replaces = [],  # noqa: B006
    destroy: Destroy = False,
    refresh_only: RefreshOnly = False,
) -> int:
    """Do what the plan says, and nothing else; ends when what was made is usable."""
    asked = options(target, exclude, replace, destroy=destroy, refresh_only=refresh_only, refresh=ways.refresh)
    planning = (target, exclude, replace, destroy, refresh_only, ways.var, ways.var_file, not ways.refresh)
    if file is not None and any(planning):
        raise typer.BadParameter("a saved plan is applied as it is; it takes no flags about what to plan")
    return _apply(asked, file, ways)


@with_ways()
def destroy(
    ways: Ways,
    target: Targets = [],  # noqa: B006 - typer copies it
    exclude: Excludes = [],  # noqa: B006
) -> int:
    """Destroy everything in the state, in the reverse order of its needs; pools are drained first."""
    return _apply(options(target, exclude, destroy=True), None, ways)


@with_ways(*APPROVAL_FLAGS, *POLICY_FLAGS, "refresh", "parallelism", "compact_warnings")
def refresh(
    ways: Ways,
    target: Targets = [],  # noqa: B006 - typer copies it
) -> int:
    """Bring the state up to date with what is live, without asking; see drift and plan -refresh-only first."""
    return _apply(options(target, refresh_only=True), None, ways)


def _apply(asked: "Options", file: Path | None, ways: Ways) -> int:
    async def given(_: "Session") -> "Options":
        return asked

    word = "destroy" if asked.destroy else "refresh" if asked.refresh_only else "apply"
    return carry_out(given, file, ways, word=word)


def carry_out(
    asked_of: "Callable[[Session], Awaitable[Options]]",
    file: Path | None,
    ways: Ways,
    *,
    word: str,
) -> int:
    """Make a plan, or read it from a file, show it, ask, and do it; return the exit code.

    `asked_of` says what is to be planned, once the state is locked; `word` is what the lock tells others.
    """
    from batchplan.ops.apply import apply_plan, locked
    from batchplan.ops.plan import make_plan
    from batchplan.ops.policy import record_overrides, refuse
    from batchplan.ops.policygate import PolicyGatekeeper, with_gates

    loaded = project(ways.var, ways.var_file, evaluate=False)

    async def work(session: "Session") -> "tuple[Planned, Applied | None]":
        async with locked(session, word, lock=ways.lock, timeout=ways.timeout):
            asked = await asked_of(session)
            if file is not None:
                from batchplan.ops.saved import load_plan

                planned = await load_plan(session, loaded, file)
            else:
                planned = await make_plan(session, loaded, asked, refresh=ways.refresh)
            checked = await _checked(session, planned, ways)
            planned = with_gates(planned, checked)
            _announce(planned, checked, ways)
            if planned.is_empty:
                return planned, None
            if checked is not None:
                refuse(checked.judgement)
            if not ways.approve and file is None:
                _ask(ways, destroy=asked.destroy)
            keeper = None
            if checked is not None and ways.policy is not None:
                planned = await record_overrides(session, planned, checked.judgement)
                keeper = PolicyGatekeeper(session, planned, ways.policy, checked)
            report = show.run_reporter(json=ways.json)
            return planned, await apply_plan(session, planned, report, ways.parallelism, keeper)

    planned, applied = in_session(work, loaded, emulator=ways.emulator)
    return _end(planned, applied, ways)


async def _checked(session: "Session", planned: "Planned", ways: Ways) -> "Checked | None":
    """Return what policy says at the gate; a refresh changes nothing that it could be about."""
    from batchplan.ops.policy import check_plan
    from batchplan.ops.policymove import check_move, is_move

    if ways.policy is None or planned.options.refresh_only or planned.is_empty:
        return None
    if is_move(planned):
        return await check_move(session, planned, ways.policy)
    return await check_plan(session, planned, ways.policy, refresh=ways.refresh, gate=True)


def _announce(planned: "Planned", checked: "Checked | None", ways: Ways) -> None:
    judgement = checked.judgement if checked is not None else None
    if ways.json:
        show.plan_events(planned, judgement)
        return
    show.warnings(planned.diagnostics, compact=ways.compact)
    show.plan(planned.changes, planned.steps, judgement)


def _ask(ways: Ways, *, destroy: bool) -> None:
    ask_for_yes("\nDestroy all this?" if destroy else "\nDo this?", ask=ways.ask and not ways.json)


def ask_for_yes(question: str, *, ask: bool) -> None:
    """Go on only after a typed yes; raise UserError where nobody can be asked, or says no."""
    from batchplan.core.codes import NOT_APPROVED
    from batchplan.core.diagnostics import Diagnostic, UserError

    if not ask or not sys.stdin.isatty():
        detail = "Nobody can be asked here. To do it without asking: -auto-approve. Nothing was changed."
        raise UserError([Diagnostic(NOT_APPROVED, detail)])
    show.line(question)
    if input('Only "yes" goes on: ').strip() != "yes":
        raise UserError([Diagnostic(NOT_APPROVED, "It was not approved. Nothing was changed.")])
    show.line()


def _end(planned: "Planned", applied: "Applied | None", ways: Ways) -> int:
    from batchplan.report.failures import run_diagnostics

    if applied is None:
        return 0
    found = run_diagnostics(applied.result, planned.steps)
    if ways.json:
        show.end_events(planned, applied, found)
    else:
        show.diagnostics(found)
        if applied.result.complete:
            show.applied(planned, applied)
    if any(failure.policy for failure in applied.result.failed.values()):
        return POLICY
    if any(failure.gate for failure in applied.result.failed.values()) or applied.waits:
        return GATE
    return 0 if applied.result.complete else 1
