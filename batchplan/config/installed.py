"""Modules that `init` has fetched: where they are, and finding them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from batchplan.config.sources import LocalSource, SourceError, local_directory, parse_module_source
from batchplan.core.codes import INVALID_MODULE_SOURCE, INVALID_VALUE, MODULE_NOT_INSTALLED, UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range

MODULES = Path(".batchplan") / "modules"
MANIFEST = MODULES / "modules.json"


@dataclass(frozen=True, slots=True)
class InstalledModule:
    """A fetched module: the source it was fetched for and the folder it is in, relative to the project."""

    source: str
    folder: str


def read_manifest(root: Path, diagnostics: Diagnostics) -> dict[str, InstalledModule]:
    """Return what has been fetched, by the way of the call (`gpu.inner`); report an unreadable record."""
    path = root / MANIFEST
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {key: InstalledModule(one["source"], one["folder"]) for key, one in data["modules"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        detail = f'"{MANIFEST}" cannot be read ({error}). Run batchplan init, which writes it anew.'
        diagnostics.error(UNREADABLE_FILE, detail)
        return {}


def write_manifest(root: Path, modules: Mapping[str, InstalledModule]) -> None:
    """Record what has been fetched."""
    path = root / MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {"format_version": 1, "modules": {key: asdict(modules[key]) for key in sorted(modules)}}
    path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


@dataclass(slots=True)
class InstalledModules:
    """Finds local modules by their path and others where `init` has put them."""

    root: Path
    _manifest: dict[str, InstalledModule] | None = field(default=None)

    def resolve(
        self, path: tuple[str, ...], source: str, version: str | None, base: Path, at: Range, diagnostics: Diagnostics
    ) -> Path | None:
        """Return the folder of a module, or None after reporting."""
        try:
            parsed = parse_module_source(source)
        except SourceError as error:
            diagnostics.error(INVALID_MODULE_SOURCE, str(error), at)
            return None
        if isinstance(parsed, LocalSource):
            if version is not None:
                detail = 'A module in a folder has no version of its own. Remove "version".'
                diagnostics.error(INVALID_VALUE, detail, at)
            return local_directory(parsed, base, at, diagnostics)
        if self._manifest is None:
            self._manifest = read_manifest(self.root, diagnostics)
        found = self._manifest.get(".".join(path))
        if found is None or not (self.root / found.folder).is_dir():
            detail = f'Module "{".".join(path)}" has not been fetched yet. Run: batchplan init'
            diagnostics.error(MODULE_NOT_INSTALLED, detail, at)
            return None
        if found.source != source:
            detail = f'Module "{".".join(path)}" was fetched from {found.source}; its source has changed. Run: batchplan init'
            diagnostics.error(MODULE_NOT_INSTALLED, detail, at)
            return None
        return self.root / found.folder
