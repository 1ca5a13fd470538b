"""The working folder `.batchplan`: which workspace is chosen, where modules have been put."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from batchplan.core.codes import INVALID_WORKSPACE
from batchplan.core.diagnostics import Diagnostic, UserError

if TYPE_CHECKING:
    from batchplan.config.load import Resolver

FOLDER = ".batchplan"
VARIABLE = "BATCHPLAN_WORKSPACE"


def current_workspace(folder: Path, environment: Mapping[str, str]) -> str:
    """Return the workspace in use: the environment's, the chosen one, or `default`. Raise UserError for a bad name."""
    chosen = environment.get(VARIABLE)
    if chosen is None:
        record = folder / FOLDER / "workspace"
        chosen = record.read_text(encoding="utf-8").strip() if record.is_file() else "default"
    check_name(chosen)
    return chosen


def check_name(name: str) -> None:
    """Raise UserError unless a text can be the name of a workspace."""
    if not name or not all(letter.isalnum() or letter in "-_." for letter in name) or name.startswith("."):
        detail = f'"{name}" is no name of a workspace: letters, digits, "-", "_" and "." (not first) are allowed.'
        raise UserError([Diagnostic(INVALID_WORKSPACE, detail)])


def choose(folder: Path, name: str) -> None:
    """Use a workspace from now on."""
    record = folder / FOLDER / "workspace"
    record.parent.mkdir(exist_ok=True)
    record.write_text(f"{name}\n", encoding="utf-8")


def resolver(folder: Path) -> "Resolver":
    """Return what finds the modules of a project."""
    from batchplan.config.installed import InstalledModules  # the parser; which workspace it is, needs none

    return InstalledModules(folder)
