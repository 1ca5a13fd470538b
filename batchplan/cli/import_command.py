"""`batchplan import`"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import VariableFiles, Variables
from batchplan.cli.planning import Emulator, in_session, project
from batchplan.cli.running import Lock, LockTimeout, seconds

if TYPE_CHECKING:
    from batchplan.ops.adopt import Imported
    from batchplan.ops.session import Session


def import_(
    address: Annotated[str, typer.Argument(help="What it is to be called, as in pool.render.")],
    id: Annotated[str, typer.Argument(help="Its id in Azure.")],  # noqa: A002 - Terraform's word
    generate_config_out: Annotated[
        Path | None, typer.Option("--generate-config-out", metavar="FILE", help="Write its block to a new file.")
    ] = None,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Take over an object that exists. In Azure nothing changes; plan shows what differs from its block."""
    from batchplan.ops.adopt import import_object
    from batchplan.ops.apply import locked
    from batchplan.ops.importing import adoption

    asked = adoption(address, id)
    if generate_config_out is not None and generate_config_out.exists():
        raise typer.BadParameter(f'"{generate_config_out}" exists already; nothing is overwritten')
    loaded = project(var, var_file)
    wait = seconds(lock_timeout)

    async def work(session: "Session") -> "Imported":
        async with locked(session, "import", lock=lock, timeout=wait):
            return await import_object(session, loaded, asked, generate=generate_config_out is not None)

    imported = in_session(work, loaded, emulator=emulator)
    if generate_config_out is not None:
        generate_config_out.write_text(imported.block, encoding="utf-8")
        show.line(f"{generate_config_out} has been written. Read it before you keep it.")
    for note in imported.notes:
        show.line(f"Note: {note}")
    show.line(f"{address} is in the state now. Next: batchplan plan")
    return 0
