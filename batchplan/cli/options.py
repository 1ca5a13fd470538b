"""Flags that several commands share, and the project they describe."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from batchplan.config.project import Project
    from batchplan.config.variables import VariableFlag

Variables = Annotated[list[str], typer.Option("--var", metavar="NAME=VALUE", help="Give a variable a value.")]
VariableFiles = Annotated[list[str], typer.Option("--var-file", metavar="FILE", help="Read values of variables.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


def open_project(
    values: Sequence[str],
    files: Sequence[str],
    *,
    partial: bool = False,
    plan_timestamp: str | None = None,
    evaluate: bool = True,
) -> "Project":
    """Load the configuration in the current folder, and evaluate it unless told not to; faults are in the project."""
    from batchplan.config.project import Inputs, load_project
    from batchplan.ops.workspace import current_workspace, resolver

    folder = Path.cwd()
    flags = ordered_flags(values, files)
    inputs = Inputs(flags, dict(os.environ), current_workspace(folder, os.environ), plan_timestamp)
    return load_project(folder, resolver(folder), inputs, partial=partial, evaluate=evaluate)


def ordered_flags(values: Sequence[str], files: Sequence[str]) -> "list[VariableFlag]":
    """Return -var and -var-file in the order given, which decides which counts."""
    from batchplan.cli.arguments import normalise
    from batchplan.config.variables import VariableFlag

    left_values, left_files = list(values), list(files)
    made: list[VariableFlag] = []
    for argument in normalise(sys.argv[1:]):
        name = argument.partition("=")[0]
        if name == "--var" and left_values:
            made.append(VariableFlag("var", left_values.pop(0)))
        elif name == "--var-file" and left_files:
            made.append(VariableFlag("file", left_files.pop(0)))
    made.extend(VariableFlag("file", text) for text in left_files)
    made.extend(VariableFlag("var", text) for text in left_values)
    return made


def whole_project(values: Sequence[str], files: Sequence[str]) -> "Project":
    """Load the configuration; raise UserError when it has errors."""
    from batchplan.core.diagnostics import UserError

    project = open_project(values, files)
    if project.diagnostics.has_errors:
        raise UserError(project.diagnostics.items)
    return project
