"""`batchplan plan`"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.planning import Destroy, Excludes, RefreshOnly, Replaces, Targets, in_session, options, project
from batchplan.cli.ways import APPROVAL_FLAGS, Ways, with_ways

if TYPE_CHECKING:
    from batchplan.config.project import Project
    from batchplan.ops.plan import Planned
    from batchplan.ops.policy import Checked
    from batchplan.ops.session import Session

CHANGES = 2


@with_ways(*APPROVAL_FLAGS, "parallelism")
def plan(
    ways: Ways,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Save the plan, to apply exactly it.")
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there are changes.")
    ] = False,
    generate_config_out: Annotated[
        Path | None,
        typer.Option("--generate-config-out", metavar="FILE", help="Write the blocks of what import blocks take over."),
    ] = None,
    target: Targets = [],  # noqa: B006 - typer copies it
    exclude: Excludes = [],  # noqa: B006
    replace: Replaces = [],  # noqa: B006
    destroy: Destroy = False,
    refresh_only: RefreshOnly = False,
    parallelism: Annotated[
        int | None, typer.Option("--parallelism", min=1, help="How many calls at once.", show_default="32")
    ] = None,
    save_context: Annotated[
        Path | None, typer.Option("--save-context", metavar="FILE", help="Save what policy looked at: policy check.")
    ] = None,
) -> int:
    """Show what apply would do, exactly, and why. Nothing is changed."""
    from batchplan.ops.apply import locked
    from batchplan.ops.plan import make_plan
    from batchplan.ops.policy import check_plan
    from batchplan.ops.policy import save_context as save
    from batchplan.ops.policygate import with_gates

    if generate_config_out is not None:
        _check_new(generate_config_out)
    asked = options(target, exclude, replace, destroy=destroy, refresh_only=refresh_only, refresh=ways.refresh)
    loaded = project(ways.var, ways.var_file, evaluate=False)

    async def work(session: "Session") -> "tuple[Planned, Checked | None]":
        async with locked(session, "plan", lock=ways.lock, timeout=ways.timeout):
            wanted = loaded
            if generate_config_out is not None and await _generate(
                session, loaded, generate_config_out, json=ways.json
            ):
                wanted = project(ways.var, ways.var_file, evaluate=False)
            planned = await make_plan(session, wanted, asked, refresh=ways.refresh, locked=ways.lock)
        if ways.policy is None or refresh_only or (planned.is_empty and save_context is None):
            return planned, None  # nothing is to be done that policy could stop; policy check asks all the same
        checked = await check_plan(session, planned, ways.policy, refresh=ways.refresh)
        return with_gates(planned, checked), checked

    planned, checked = in_session(work, loaded, emulator=ways.emulator, in_flight=parallelism)
    if out is not None:
        _save(planned, out)
    if save_context is not None and checked is not None:
        save(checked, save_context)
    _print(planned, checked, out, json=ways.json, compact=ways.compact)
    return CHANGES if detailed_exitcode and not planned.is_empty else 0


def _check_new(file: Path) -> None:
    """Raise BadParameter for a file that is there, or would be no part of the configuration."""
    if file.exists():
        raise typer.BadParameter(f'"{file}" exists already; nothing is overwritten')
    if file.resolve().parent != Path.cwd().resolve() or not file.name.endswith(".batch.hcl"):
        raise typer.BadParameter(
            "the blocks are part of this configuration: name a file here, as in imported.batch.hcl"
        )


async def _generate(session: "Session", loaded: "Project", file: Path, *, json: bool) -> bool:
    """Write the blocks of what import blocks take over and nothing declares; return whether there are any."""
    from batchplan.ops.adopt import generated_blocks

    made = await generated_blocks(session, loaded)
    if made.block:
        file.write_text(made.block, encoding="utf-8")
    if not json:
        told = (
            f"{file} has been written. Read it before you keep it." if made.block else "There are no blocks to write."
        )
        for line in (told, *(f"Note: {note}" for note in made.notes), ""):
            show.line(line)
    return bool(made.block)


def _save(planned: "Planned", out: Path) -> None:
    from batchplan.ops.saved import save_plan

    save_plan(planned, out)


def _print(planned: "Planned", checked: "Checked | None", out: Path | None, *, json: bool, compact: bool) -> None:
    judgement = checked.judgement if checked is not None else None
    if json:
        show.plan_events(planned, judgement)
        return
    show.warnings(planned.diagnostics, compact=compact)
    show.plan(planned.changes, planned.steps, judgement)
    if out is not None:
        show.line(f"\nSaved. To do exactly this: batchplan apply {out}")
    elif not planned.is_empty:
        show.line("\nThis plan is not saved: apply makes it anew. To keep it: batchplan plan -out plan.bpplan")
