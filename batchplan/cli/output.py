"""`batchplan output`"""

from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json
from batchplan.cli.running import run, store


def output(
    name: Annotated[str | None, typer.Argument(help="Only this output.")] = None,
    json: Json = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print a text, number or truth value as it is.")] = False,
) -> int:
    """Show the outputs as the last apply left them."""
    from batchplan.ops.outputs import output_named, outputs, raw_text
    from batchplan.ops.state import current
    from batchplan.report.state import output_json, output_text, outputs_text

    document = run(current(store()))
    if name is None:
        if raw:
            raise typer.BadParameter("-raw prints one output; say which: batchplan output -raw NAME")
        found = outputs(document)
        if json:
            show.document({name: output_json(one) for name, one in found.items()})
        elif found:
            show.write(outputs_text(found))
        else:
            show.line("There are no outputs. Declare some (output blocks), then: batchplan apply")
        return 0
    one = output_named(document, name)
    if json:
        show.document(one.value)
    elif raw:
        show.write(raw_text(name, one))
    else:
        show.line(output_text(one))
    return 0
