"""`batchplan rollout`: where replacements of pools stand, and what becomes of them"""

from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.apply import Approve, Input, Ways, carry_out
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Compact, Emulator, Parallelism, address_of, in_session, project
from batchplan.cli.policy_options import AsOf, Baseline, Overrides, Plugins, PolicySet, Reasons
from batchplan.cli.policy_options import asked as policy_asked
from batchplan.cli.running import Lock, LockTimeout, run, seconds, store

if TYPE_CHECKING:
    from batchplan.ops.policy import Asked
    from batchplan.ops.session import Session
    from batchplan.plan.options import Options
    from batchplan.plan.rolling import Standing, Verb

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Blue-green replacements of pools: where they stand, and what becomes of them.",
)

Pool = Annotated[str, typer.Argument(metavar="ADDRESS", help="The pool, as in pool.render.")]
Pools = Annotated[list[str], typer.Argument(metavar="[ADDRESS]...", help="Only these pools.")]
WATCH_SECONDS = 10.0


@app.command("status")
def status(
    address: Pools = [],  # noqa: B006 - typer copies it
    watch: Annotated[bool, typer.Option("--watch", help="Show it anew until no rollout is under way.")] = False,
    json: Json = False,
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Show each pool with its generations: active, candidate, retired; their nodes and tasks."""
    from batchplan.ops.rollouts import is_open, standings

    loaded = project(var, var_file, evaluate=False)
    addresses = [address_of(one) for one in address]

    async def work(session: "Session") -> None:
        while True:
            found = await standings(session, addresses)
            _show(found, session, json=json)
            if not watch or not any(is_open(one.phase) and not one.paused for one in found):
                return
            await session.clock.sleep(WATCH_SECONDS)

    in_session(work, loaded, emulator=emulator)
    return 0


def _show(found: "list[Standing]", session: "Session", *, json: bool) -> None:
    from batchplan.report.rollouts import standings_json, tree

    if json:
        show.document(standings_json(found))
    elif not found:
        show.line("The state has no pools.")
    else:
        show.styled(tree(found, session.clock.now()))


@app.command("history")
def history(address: Pools = [], json: Json = False) -> int:  # noqa: B006
    """List the rollouts that the state remembers: the last twenty of each pool."""
    from batchplan.ops.rollouts import history as remembered
    from batchplan.ops.state import current
    from batchplan.report.rollouts import history_json, history_lines

    found = remembered(run(current(store())), [address_of(one) for one in address])
    if json:
        show.document(history_json(found))
        return 0
    for one in history_lines(found):
        show.line(one)
    if not found:
        show.line("No pool has been replaced yet.")
    return 0


@app.command("promote")
def promote(
    address: Pool,
    auto_approve: Approve = False,
    json: Json = False,
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
    """Let a candidate that waits take over, or a paused rollout go on."""
    policy = policy_asked(policy_set, override, reason, as_of, baseline, plugins=plugins)
    ways = _ways(auto_approve, json, parallelism, compact_warnings, lock, lock_timeout, input, emulator, policy)
    return _do("promote", [address], var, var_file, ways)


@app.command("pause")
def pause(
    address: Pool,
    json: Json = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Leave a rollout where it is: plans pass its pool over until `rollout promote`. A run that goes on: Ctrl-C there."""
    ways = _ways(True, json, 10, False, lock, lock_timeout, False, emulator)
    return _do("pause", [address], var, var_file, ways)


@app.command("abort")
def abort(
    address: Pool,
    auto_approve: Approve = False,
    json: Json = False,
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
    """Give a rollout up: the candidate is deleted; after its promotion, the work goes back to the old pool."""
    policy = policy_asked(policy_set, override, reason, as_of, baseline, plugins=plugins)
    ways = _ways(auto_approve, json, parallelism, compact_warnings, lock, lock_timeout, input, emulator, policy)
    return _do("abort", [address], var, var_file, ways)


@app.command("undo")
def undo(
    address: Pool,
    auto_approve: Approve = False,
    json: Json = False,
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
    """Go back to the retired pool: it gets its nodes again, then the work; the present one is retired."""
    policy = policy_asked(policy_set, override, reason, as_of, baseline, plugins=plugins)
    ways = _ways(auto_approve, json, parallelism, compact_warnings, lock, lock_timeout, input, emulator, policy)
    return _do("undo", [address], var, var_file, ways)


@app.command("gc")
def collect(
    address: Pools = [],  # noqa: B006
    auto_approve: Approve = False,
    json: Json = False,
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
    """Delete retired pools: those that are due; of pools that are named, also those that are not."""
    policy = policy_asked(policy_set, override, reason, as_of, baseline, plugins=plugins)
    ways = _ways(auto_approve, json, parallelism, compact_warnings, lock, lock_timeout, input, emulator, policy)
    return _do("collect" if address else "due", address, var, var_file, ways)


def _ways(
    approve: bool,
    json: bool,
    parallelism: int,
    compact: bool,
    lock: bool,
    timeout: str,
    ask: bool,
    emulator: bool,
    policy: "Asked | None" = None,
) -> Ways:
    return Ways(
        approve=approve,
        json=json,
        refresh=True,
        parallelism=parallelism,
        compact=compact,
        lock=lock,
        timeout=seconds(timeout),
        ask=ask,
        emulator=emulator,
        policy=policy,
    )


def _do(verb: "Verb", addresses: list[str], var: list[str], var_file: list[str], ways: Ways) -> int:
    pools = [address_of(one) for one in addresses]

    async def asked(session: "Session") -> "Options":
        import batchplan
        from batchplan.ops.rollouts import checked
        from batchplan.ops.state import recovered
        from batchplan.state.document import empty

        state = await recovered(session.store) or empty(batchplan.__version__)
        return checked(state, verb, pools)

    return carry_out(asked, None, var, var_file, ways, word=f"rollout {verb}")
