"""Which files of a folder are configuration; apart from reading them, so that asking costs no parser."""

from pathlib import Path

from batchplan.core.codes import UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostics

NATIVE = ".batch.hcl"
JSON = ".batch.json"


def is_override(path: Path) -> bool:
    """Return whether a file changes what other files declare: `override.batch.hcl`, `x_override.batch.hcl`."""
    stem = path.name.removesuffix(NATIVE).removesuffix(JSON)
    return stem == "override" or stem.endswith("_override")


def configuration_files(directory: Path, diagnostics: Diagnostics) -> tuple[list[Path], list[Path]]:
    """Return the primary and the override files of a module, each in order of name; report an unreadable folder."""
    try:
        names = sorted(path.name for path in directory.iterdir())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        diagnostics.error(UNREADABLE_FILE, f'The folder "{directory}" cannot be read: {reason}.')
        return [], []
    found = [
        directory / name for name in names if name.endswith((NATIVE, JSON)) and not name.startswith((".", "#", "~"))
    ]
    primary = [path for path in found if not is_override(path)]
    return primary, [path for path in found if is_override(path)]
