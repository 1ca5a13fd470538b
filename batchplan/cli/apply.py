"""`batchplan apply`, `batchplan destroy` and `batchplan refresh`"""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import (
    Compact,
    Destroy,
    Emulator,
    Excludes,
    Parallelism,
    Refresh,
    RefreshOnly,
    Replaces,
    Targets,
    in_session,
    options,
    project,
)
from batchplan.cli.policy_options import AsOf, Baseline, Overrides, Plugins, PolicySet, Reasons
from batchplan.cli.policy_options import asked as policy_asked
from batchplan.cli.running import Lock, LockTimeout, seconds

if TYPE_CHECKING:
    from batchplan.ops.apply import Applied
    from batchplan.ops.plan import Planned
    from batchplan.ops.policy import Asked, Checked
    from batchplan.ops.session import Session
    from batchplan.plan.options import Options

POLICY = 3
GATE = 6

Approve = Annotated[bool, typer.Option("--auto-approve", help="Do not ask before doing it.")]
Input = Annotated[bool, typer.Option("--input/--no-input", help="Whether it may ask.")]


def apply(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A plan saved by plan -out.")] = None,
    auto_approve: Approve = False,
    json: Json = False,
    target: Targets = [],  # noqa: B006 - typer copies it
    exclude: Excludes = [],  # noqa: B006
    replace: Replaces = [],  # noqa: B006
    destroy: Destroy = False,
    refresh_only: RefreshOnly = False,
    refresh: Refresh = True,
    parallelism: Parallelism = 10,
    compact_warnings: Compact = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    input: Input = True,  # noqa: A002 - Terraform's word
    emulator: Emulator = False,
    policy_set: PolicySet = None,
    override: Overrides = [],  # noqa: B006
    reason: Reasons = [],  # noqa: B006
    as_of: AsOf = None,
    baseline: Baseline = None,
    plugins: Plugins = True,
) -> int:
    """Do what the plan says, and nothing else; ends when what was made is usable."""
    asked = options(target, exclude, replace, destroy=destroy, refresh_only=refresh_only)
    if file is not None and (target or exclude or replace or destroy or refresh_only or var or var_file):
        raise typer.BadParameter("a saved plan is applied as it is; it takes no flags about what to plan")
    return _apply(
        asked,
        file,
        var,
        var_file,
        Ways(
            approve=auto_approve or file is not None,
            json=json,
            refresh=refresh,
            parallelism=parallelism,
            compact=compact_warnings,
            lock=lock,
            timeout=seconds(lock_timeout),
            ask=input,
            emulator=emulator,
            policy=policy_asked(policy_set, override, reason, as_of, baseline, plugins=plugins),
        ),
    )


def destroy(
    auto_approve: Approve = False,
    json: Json = False,
    target: Targets = [],  # noqa: B006 - typer copies it
    exclude: Excludes = [],  # noqa: B006
    refresh: Refresh = True,
    parallelism: Parallelism = 10,
    compact_warnings: Compact = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    input: Input = True,  # noqa: A002
    emulator: Emulator = False,
    policy_set: PolicySet = None,
    override: Overrides = [],  # noqa: B006
    reason: Reasons = [],  # noqa: B006
    as_of: AsOf = None,
    baseline: Baseline = None,
    plugins: Plugins = True,
) -> int:
    """Destroy everything in the state, in the reverse order of its needs; pools are drained first."""
    ways = Ways(
        approve=auto_approve,
        json=json,
        refresh=refresh,
        parallelism=parallelism,
        compact=compact_warnings,
        lock=lock,
        timeout=seconds(lock_timeout),
        ask=input,
        emulator=emulator,
        policy=policy_asked(policy_set, override, reason, as_of, baseline, plugins=plugins),
    )
    return _apply(options(target, exclude, destroy=True), None, var, var_file, ways)


def refresh(
    json: Json = False,
    target: Targets = [],  # noqa: B006 - typer copies it
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Bring the state up to date with what is live, without asking; see drift and plan -refresh-only first."""
    ways = Ways(
        approve=True,
        json=json,
        refresh=True,
        parallelism=10,
        compact=False,
        lock=lock,
        timeout=seconds(lock_timeout),
        ask=False,
        emulator=emulator,
    )
    return _apply(options(target, refresh_only=True), None, var, var_file, ways)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a run is to go."""

    approve: bool
    json: bool
    refresh: bool
    parallelism: int
    compact: bool
    lock: bool
    timeout: float
    ask: bool
    emulator: bool
    policy: "Asked | None" = None


def _apply(asked: "Options", file: Path | None, var: list[str], var_file: list[str], ways: Ways) -> int:
    async def given(_: "Session") -> "Options":
        return asked

    word = "destroy" if asked.destroy else "refresh" if asked.refresh_only else "apply"
    return carry_out(given, file, var, var_file, ways, word=word)


def carry_out(
    asked_of: "Callable[[Session], Awaitable[Options]]",
    file: Path | None,
    var: list[str],
    var_file: list[str],
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

    loaded = project(var, var_file, evaluate=False)

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
            if not ways.approve:
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

    if ways.policy is None or planned.options.refresh_only or planned.is_empty:
        return None
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
