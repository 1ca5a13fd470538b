"""`batchplan validate`"""

from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables, open_project

if TYPE_CHECKING:
    from batchplan.core.diagnostics import Diagnostics


def validate(
    json: Json = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    no_tests: Annotated[bool, typer.Option("--no-tests", help="Leave the test files alone.")] = False,
) -> int:
    """Check the configuration in this folder without looking at Azure or at any state."""
    from batchplan.report.diagnostics import summary_json

    project = open_project(var, var_file, partial=True)
    found = project.diagnostics
    if not no_tests:
        found.extend(_of_tests())
    if json:
        show.document(summary_json(found))
        return 1 if found.has_errors else 0
    show.diagnostics(found)
    if found.has_errors:
        return 1
    show.line("Success! The configuration is valid." + (" There are warnings above." if len(found) else ""))
    return 0


def _of_tests() -> "Diagnostics":
    from pathlib import Path

    from batchplan.core.diagnostics import Diagnostics
    from batchplan.ops.testfile import found_files, read_test_file

    found = Diagnostics()
    for path in found_files(Path.cwd()):
        read_test_file(path, Path.cwd(), found)
    return found
