"""Fetching modules into the project and pinning them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import batchplan
from batchplan.config import variables
from batchplan.config.filenames import configuration_files
from batchplan.config.files import no_configuration
from batchplan.config.installed import MODULES, InstalledModule, write_manifest
from batchplan.config.load import Loader, ModuleNode
from batchplan.config.lock import LOCK_FILE, LockedModule, folder_hash, lock_text, read_lock
from batchplan.config.sources import (
    BuiltinSource,
    GitSource,
    LocalSource,
    ModuleSource,
    SourceError,
    local_directory,
    parse_module_source,
)
from batchplan.config.versions import VersionError, parse_constraint, parse_version
from batchplan.core.codes import (
    INVALID_MODULE_SOURCE,
    INVALID_VALUE,
    LOCK_MISMATCH,
    MODULE_FETCH_FAILED,
    MODULE_NOT_FOUND,
)
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean
from batchplan.lang.values import UNKNOWN, Value


@dataclass(slots=True)
class Initialised:
    """What init did: modules by the way of their call, and whether the lock file changed."""

    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    fetched: dict[str, InstalledModule] = field(default_factory=dict)
    lock_changed: bool = False


def initialise(
    root: Path, inputs: Sequence[variables.VariableFlag], environment: Mapping[str, str], *, upgrade: bool
) -> Initialised:
    """Fetch every module that is not a local folder, check it against the lock file, and pin new ones.

    With `upgrade`, what is pinned is looked up anew. Nothing is recorded when something fails.
    """
    result = Initialised()
    primary, _ = configuration_files(root, result.diagnostics)
    if not primary:
        no_configuration(str(root), result.diagnostics)
        return result
    locked = read_lock(root, result.diagnostics)
    if result.diagnostics.has_errors:
        return result
    fetcher = _Fetcher(root, {} if upgrade else dict(locked), result.fetched)
    if not _load(root, fetcher, inputs, environment, result.diagnostics):
        return result
    write_manifest(root, result.fetched)
    if fetcher.used != locked:
        result.lock_changed = True
        if fetcher.used:
            (root / LOCK_FILE).write_text(lock_text(fetcher.used), encoding="utf-8")
        else:
            (root / LOCK_FILE).unlink(missing_ok=True)
    return result


def _load(
    root: Path,
    fetcher: "_Fetcher",
    flags: Sequence[variables.VariableFlag],
    environment: Mapping[str, str],
    diagnostics: Diagnostics,
) -> bool:
    """Load the tree of modules, which fetches them; return whether nothing is wrong."""
    loader = Loader(root, fetcher, diagnostics)
    node = loader.node((), root)
    given = variables.collect(root, flags, environment, diagnostics)
    loader.children(node, _constants(node, given, diagnostics))
    return not diagnostics.has_errors


def _constants(node: ModuleNode, given: Sequence[variables.Given], diagnostics: Diagnostics) -> dict[str, Value]:
    const = {name: variable for name, variable in node.module.variables.items() if variable.const}
    if not const:
        return dict.fromkeys(node.module.variables, UNKNOWN)
    return variables.resolve_some(const, node.module, given, node.functions, diagnostics)


class _FetchError(Exception):
    """Why a module could not be fetched."""


@dataclass(slots=True)
class _Fetcher:
    """Finds modules by fetching them; a source that occurs twice is fetched once."""

    root: Path
    locked: dict[str, LockedModule]
    fetched: dict[str, InstalledModule]
    used: dict[str, LockedModule] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)

    def resolve(
        self, path: tuple[str, ...], source: str, version: str | None, base: Path, at: Range, diagnostics: Diagnostics
    ) -> Path | None:
        """Return the folder of a module, fetched if need be, or None after reporting."""
        try:
            parsed = parse_module_source(source)
        except SourceError as error:
            diagnostics.error(INVALID_MODULE_SOURCE, str(error), at)
            return None
        if isinstance(parsed, LocalSource):
            return local_directory(parsed, base, at, diagnostics)
        if not _version_fits(parsed, version, at, diagnostics):
            return None
        try:
            folder = self.folders.get(source) or self._fetch(parsed, source)
        except _FetchError as error:
            diagnostics.error(MODULE_FETCH_FAILED, f"{source} could not be fetched: {error}", at)
            return None
        except LookupError as error:
            diagnostics.error(MODULE_NOT_FOUND, str(error.args[0]), at)
            return None
        self.folders[source] = folder
        if not self._pinned(source, folder, at, diagnostics):
            return None
        self.fetched[".".join(path)] = InstalledModule(source, folder.relative_to(self.root).as_posix())
        return folder

    def _pinned(self, source: str, folder: Path, at: Range, diagnostics: Diagnostics) -> bool:
        made = self.used[source]
        pinned = self.locked.get(source)
        if pinned is not None and pinned.hash != made.hash:
            detail = (
                f"The files of {source} are not those that {LOCK_FILE} names. If the change is meant, "
                "run batchplan init -upgrade; otherwise find out who changed them."
            )
            diagnostics.error(LOCK_MISMATCH, detail, at)
            shutil.rmtree(folder, ignore_errors=True)
            return False
        return True

    def _fetch(self, parsed: ModuleSource, source: str) -> Path:
        target = self.root / MODULES / _folder_name(source)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        match parsed:
            case BuiltinSource(name=name):
                shutil.copytree(builtin_folder(name), target)
                revision = batchplan.__version__
            case GitSource():
                pinned = self.locked.get(source)
                revision = _checkout(parsed, pinned.revision if pinned else None, target)
            case LocalSource():
                raise AssertionError("local modules are not fetched")
        self.used[source] = LockedModule(revision, folder_hash(target))
        return target


def _version_fits(parsed: ModuleSource, version: str | None, at: Range, diagnostics: Diagnostics) -> bool:
    if version is None:
        return True
    if isinstance(parsed, GitSource):
        diagnostics.error(INVALID_VALUE, "A git source takes no version; choose a tag with ?ref=NAME.", at)
        return False
    try:
        if parse_constraint(version).allows(parse_version(batchplan.__version__)):
            return True
    except VersionError as error:
        diagnostics.error(INVALID_VALUE, str(error), at)
        return False
    detail = f'Modules of batchplan have its version, {batchplan.__version__}, which "{version}" does not allow.'
    diagnostics.error(INVALID_VALUE, detail, at)
    return False


def _folder_name(source: str) -> str:
    import hashlib

    readable = "".join(letter if letter.isalnum() else "-" for letter in source.rpartition("/")[2])[:40].strip("-")
    return f"{readable or 'module'}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"


def builtin_root() -> Path:
    """Return the folder of the modules that come with batchplan: in the package, or beside it in a checkout."""
    package = Path(batchplan.__file__).parent
    shipped = package / "_modules"
    return shipped if shipped.is_dir() else package.parent / "modules"


def builtin_folder(name: str) -> Path:
    """Return the folder of a built-in module; raise LookupError with what there is."""
    root = builtin_root()
    known = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    if name not in known:
        listed = ", ".join(known) or "none"
        raise LookupError(f'There is no module "batchplan/{name}".{did_you_mean(name, known)} There is: {listed}.')
    return root / name


def _checkout(source: GitSource, revision: str | None, target: Path) -> str:
    """Put a commit's files (of a folder in it) into `target` and return the commit. Raise _FetchError."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) / "work"
        work.mkdir()
        _git(work, "init", "--quiet")
        _git(work, "remote", "add", "origin", source.url)
        wanted = revision or source.ref or "HEAD"
        try:
            _git(work, "fetch", "--quiet", "--depth", "1", "origin", wanted)
            commit = _git(work, "rev-parse", "FETCH_HEAD^{commit}")
        except _FetchError:
            # Not every server gives out a single commit by its hash, and a short hash is known only locally.
            _git(work, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
            commit = _git(work, "rev-parse", f"{wanted}^{{commit}}")
        _git(work, "checkout", "--quiet", "--detach", commit)
        folder = work / source.folder if source.folder else work
        if not folder.is_dir():
            raise _FetchError(f'there is no folder "{source.folder}" in commit {commit[:12]}.')
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns(".git"), symlinks=True)
        return commit


def _git(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are checked by parse_module_source
            ["git", *arguments],  # noqa: S607 - git is found as the user's shell finds it
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise _FetchError("git is not installed, or not on the PATH.") from None
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()
        raise _FetchError(f"git says: {last[-1] if last else 'nothing'}")
    return done.stdout.strip()
