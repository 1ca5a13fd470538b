"""`batchplan rollout`: where replacements of pools stand, and what becomes of them"""

from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.apply import carry_out
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Emulator, address_of, in_session, project
from batchplan.cli.running import run, store
from batchplan.cli.ways import APPROVAL_FLAGS, POLICY_FLAGS, Ways, with_ways

if TYPE_CHECKING:
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
@with_ways("refresh")
def promote(address: Pool, ways: Ways) -> int:
    """Let a candidate that waits take over, or a paused rollout go on."""
    return _do("promote", [address], ways)


@app.command("pause")
@with_ways("refresh", "parallelism", "compact_warnings", *APPROVAL_FLAGS, *POLICY_FLAGS)
def pause(address: Pool, ways: Ways) -> int:
    """Leave a rollout where it is: plans pass its pool over until `rollout promote`. A run that goes on: Ctrl-C there."""
    return _do("pause", [address], ways)


@app.command("abort")
@with_ways("refresh")
def abort(address: Pool, ways: Ways) -> int:
    """Give a rollout up: the candidate is deleted; after its promotion, the work goes back to the old pool."""
    return _do("abort", [address], ways)


@app.command("undo")
@with_ways("refresh")
def undo(address: Pool, ways: Ways) -> int:
    """Go back to the retired pool: it gets its nodes again, then the work; the present one is retired."""
    return _do("undo", [address], ways)


@app.command("gc")
@with_ways("refresh")
def collect(ways: Ways, address: Pools = []) -> int:  # noqa: B006 - typer copies it
    """Delete retired pools: those that are due; of pools that are named, also those that are not."""
    return _do("collect" if address else "due", address, ways)


def _do(verb: "Verb", addresses: list[str], ways: Ways) -> int:
    pools = [address_of(one) for one in addresses]

    async def asked(session: "Session") -> "Options":
        import batchplan
        from batchplan.ops.rollouts import checked
        from batchplan.ops.state import recovered
        from batchplan.state.document import empty

        state = await recovered(session.store) or empty(batchplan.__version__)
        return checked(state, verb, pools)

    return carry_out(asked, None, ways, word=f"rollout {verb}")
