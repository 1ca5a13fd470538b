"""Where modules come from: what the text of `source` means."""

import re
from dataclasses import dataclass
from pathlib import Path

from batchplan.core.codes import INVALID_MODULE_SOURCE, MODULE_NOT_FOUND, MODULE_NOT_INSTALLED
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A folder, relative to the calling module."""

    path: str


@dataclass(frozen=True, slots=True)
class GitSource:
    """A git repository, a folder in it, and what to check out (None for its default branch)."""

    url: str
    folder: str
    ref: str | None


@dataclass(frozen=True, slots=True)
class BuiltinSource:
    """A module that comes with batchplan: `batchplan/NAME`."""

    name: str


ModuleSource = LocalSource | GitSource | BuiltinSource

_BUILTIN = re.compile(r"batchplan/([a-z0-9][a-z0-9_-]*)")
_REGISTRY = re.compile(r"([\w.-]+\.[\w.-]+/)?[\w-]+/[\w-]+/[\w-]+")
_HOSTED = re.compile(r"(github\.com|gitlab\.com|bitbucket\.org)/[^/]+/[^/?]+")


class SourceError(ValueError):
    """A source text that means nothing, and what to write instead."""


def parse_module_source(text: str) -> ModuleSource:
    """Return what a source text means; raise SourceError."""
    if text.startswith(("./", "../")) or text in (".", ".."):
        return LocalSource(text)
    found = _BUILTIN.fullmatch(text)
    if found is not None:
        return BuiltinSource(found[1])
    if text.startswith("git::"):
        return _git(text.removeprefix("git::"))
    hosted = _HOSTED.match(text)
    if hosted is not None:
        return _git("https://" + text)
    if text.startswith("git@"):
        return _git("ssh://" + text.replace(":", "/", 1))
    if Path(text).is_absolute():
        raise SourceError("An absolute path works on one machine only. Give a path relative to this file: ./… or ../…")
    if _REGISTRY.fullmatch(text):
        raise SourceError(
            f'"{text}" looks like an address in a registry, and batchplan has none. '
            "Give the git repository of the module: git::https://HOST/REPOSITORY.git?ref=TAG."
        )
    if "://" in text:
        raise SourceError(f"To fetch it with git, write git::{text}.")
    raise SourceError(
        f'"{text}" is no module source. A folder starts with ./ or ../, a git repository with git::, '
        "a module of batchplan with batchplan/."
    )


def _git(text: str) -> GitSource:
    url, _, query = text.partition("?")
    ref = None
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name != "ref" or not value:
            raise SourceError(f'"{part}" is not understood; a git source takes ?ref=NAME.')
        ref = value
    scheme, separator, rest = url.partition("://")
    base, double, folder = rest.partition("//")
    repository = f"{scheme}{separator}{base}" if separator else url
    if not separator:
        repository, double, folder = url.partition("//")
    if double and (not folder or ".." in folder.split("/")):
        raise SourceError(f'"{folder}" is no folder inside the repository.')
    if not repository or repository.startswith("-") or (ref or "").startswith("-"):
        raise SourceError("A git source is git::URL, git::URL//FOLDER, or either with ?ref=NAME.")
    return GitSource(repository, folder, ref)


@dataclass(frozen=True, slots=True)
class LocalResolver:
    """Finds local folders. Other sources it does not know: they have to be installed."""

    def resolve(
        self,
        path: tuple[str, ...],
        source: str,
        version: str | None,  # noqa: ARG002 - no local module has one
        base: Path,
        at: Range,
        diagnostics: Diagnostics,
    ) -> Path | None:
        """Return the folder of a local module, or None after reporting."""
        try:
            parsed = parse_module_source(source)
        except SourceError as error:
            diagnostics.error(INVALID_MODULE_SOURCE, str(error), at)
            return None
        if isinstance(parsed, LocalSource):
            return local_directory(parsed, base, at, diagnostics)
        detail = f'Module "{".".join(path)}" has not been fetched yet. Run: batchplan init'
        diagnostics.error(MODULE_NOT_INSTALLED, detail, at)
        return None


def local_directory(source: LocalSource, base: Path, at: Range, diagnostics: Diagnostics) -> Path | None:
    """Return a local module's folder, or None after reporting that it is not there."""
    directory = base / source.path
    if directory.is_dir():
        return directory
    if directory.exists():
        detail = f'"{source.path}" is a file; a module is the folder that its files are in.'
    else:
        hint = did_you_mean(directory.name, _folders(directory.parent))
        detail = f'There is no folder "{source.path}", seen from the folder of this file, {base}.{hint}'
    diagnostics.error(MODULE_NOT_FOUND, detail, at)
    return None


def _folders(parent: Path) -> list[str]:
    try:
        return [path.name for path in parent.iterdir() if path.is_dir()]
    except OSError:
        return []  # there is no hint to give
