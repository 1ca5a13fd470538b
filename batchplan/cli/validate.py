"""`batchplan validate`"""

from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables, open_project


def validate(
    json: Json = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    no_tests: Annotated[bool, typer.Option("--no-tests", hidden=True)] = False,  # noqa: ARG001 - Terraform's scripts pass it
) -> int:
    """Check the configuration in this folder without looking at Azure or at any state."""
    from batchplan.report.diagnostics import summary_json

    project = open_project(var, var_file, partial=True)
    found = project.diagnostics
    if json:
        show.document(summary_json(found))
        return 1 if found.has_errors else 0
    show.diagnostics(found)
    if found.has_errors:
        return 1
    show.line("Success! The configuration is valid." + (" There are warnings above." if len(found) else ""))
    return 0
