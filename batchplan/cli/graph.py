"""`batchplan graph`"""

from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import VariableFiles, Variables, whole_project


def graph(
    format: Annotated[str, typer.Option("--format", metavar="dot|mermaid", help="The language to draw in.")] = "dot",  # noqa: A002
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """Draw which resource needs which."""
    from batchplan.core.codes import INVALID_VALUE
    from batchplan.core.diagnostics import Diagnostic, UserError
    from batchplan.ops.graph import edges
    from batchplan.report.graph import DRAWINGS

    draw = DRAWINGS.get(format)
    if draw is None:
        known = " or ".join(DRAWINGS)
        raise UserError([Diagnostic(INVALID_VALUE, f'-format is {known}, not "{format}".')])
    project = whole_project(var, var_file)
    assert project.evaluated is not None, "a project without errors has been evaluated"
    show.write(draw(edges(project.evaluated)))
    return 0
