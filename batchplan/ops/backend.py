"""Where the states of a project are kept: what its backend block says, or the folder `state` without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchplan.backends.local import LocalStore
from batchplan.config.filenames import configuration_files
from batchplan.core.diagnostics import Diagnostics
from batchplan.ports import StateStore

if TYPE_CHECKING:
    from batchplan.config.variables import VariableFlag

DEFAULT_FOLDER = "state"
_WORD = b"backend"


@dataclass(frozen=True, slots=True)
class Backend:
    """States in a folder, one folder inside of it for each workspace."""

    folder: Path

    def store(self, workspace: str) -> StateStore:
        """Return the states of a workspace."""
        return LocalStore(self.folder / workspace)

    def workspaces(self) -> list[str]:
        """Return the workspaces there are, `default` always among them, in order of name."""
        made = {path.name for path in self.folder.iterdir() if path.is_dir()} if self.folder.is_dir() else set()
        return sorted({"default", *(name for name in made if not name.startswith("."))})

    def add(self, workspace: str) -> None:
        """Make a workspace."""
        (self.folder / workspace).mkdir(parents=True, exist_ok=True)

    def remove(self, workspace: str) -> None:
        """Remove a workspace with all its states."""
        import shutil

        shutil.rmtree(self.folder / workspace)


def open_backend(
    root: Path, workspace: str, environment: Mapping[str, str], flags: "Sequence[VariableFlag]" = ()
) -> Backend:
    """Return the backend of the project in a folder without evaluating the project; raise UserError.

    A folder without configuration files has the backend of an empty configuration.
    """
    primary, overriding = configuration_files(root, Diagnostics())
    if not any(map(_may_declare, (*primary, *overriding))):
        return Backend(root / DEFAULT_FOLDER)
    from batchplan.ops.backendblock import declared_backend

    return declared_backend(root, workspace, environment, flags)


def _may_declare(path: Path) -> bool:
    """Return whether a file may hold a backend block. Most do not, and then nothing needs to be parsed.

    The word may be written with escapes in JSON, and an unreadable file is for the parser to tell.
    """
    try:
        text = path.read_bytes()
    except OSError:
        return True
    return _WORD in text or (path.suffix == ".json" and b"\\u" in text)
