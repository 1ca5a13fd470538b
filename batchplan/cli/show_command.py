"""`batchplan show`"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json
from batchplan.cli.running import run, store

if TYPE_CHECKING:
    from batchplan.plan.plan import Plan
    from batchplan.state.model import StateDocument


def show_command(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A plan saved by plan -out, or a state.")
    ] = None,
    json: Json = False,
) -> int:
    """Show a saved plan, or the state."""
    found = _found(file)
    if json:
        show.document(_as_json(found))
    else:
        _print(found)
    return 0


def _found(file: Path | None) -> "Plan | StateDocument | None":
    if file is None:
        from batchplan.ops.state import current

        return run(current(store()))
    from batchplan.ops.shown import read_file

    return read_file(file)


def _as_json(found: "Plan | StateDocument | None") -> object:
    from batchplan.plan.plan import Plan
    from batchplan.report.showjson import plan_json, state_json

    return plan_json(found) if isinstance(found, Plan) else state_json(found)


def _print(found: "Plan | StateDocument | None") -> None:
    from batchplan.plan.plan import Plan
    from batchplan.report.state import state_text

    if isinstance(found, Plan):
        show.plan(found.changes, found.steps)
    elif found is None:
        show.line("There is no state yet. Make one: batchplan apply")
    else:
        show.write(state_text(found))
