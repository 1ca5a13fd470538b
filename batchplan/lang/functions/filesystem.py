"""Functions of files and paths. Relative paths are looked for in the module's folder, then in the root's."""

import os
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path

from batchplan.lang.functions import paths
from batchplan.lang.functions.context import FunctionContext
from batchplan.lang.functions.function import ArgumentError, Function, Parameter, function
from batchplan.lang.functions.globs import PatternError, find
from batchplan.lang.types import BOOL, STRING, SetType
from batchplan.lang.values import Value, make_set

_PATH = Parameter("path", STRING)
_LARGEST_FILE = 256 * 1024 * 1024


def read(context: FunctionContext, path: str) -> bytes:
    """Return what is in a file; raise ArgumentError for its first argument when that is not possible."""
    place = _located(context, path)
    try:
        with place.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ArgumentError(
            0, f'there is no file "{place}"; relative paths start at the folder of the module'
        ) from None
    except IsADirectoryError:
        raise ArgumentError(0, f'"{place}" is a folder, not a file; fileset() lists the files in a folder') from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ArgumentError(0, f'"{place}" cannot be read: {reason}') from None
    if len(content) > _LARGEST_FILE:
        raise ArgumentError(0, f'"{place}" is larger than {_LARGEST_FILE // 1024 // 1024} MiB, the limit for a value')
    return content


def read_text(context: FunctionContext, path: str) -> str:
    """Return the text of a file, in the normal form of all strings; raise ArgumentError if it is not UTF-8."""
    try:
        return unicodedata.normalize("NFC", read(context, path).decode())
    except UnicodeDecodeError:
        hint = "filebase64() reads any file, and filesha256() and its kin tell its hash"
        raise ArgumentError(0, f'"{path}" does not hold UTF-8 text; {hint}') from None


def _located(context: FunctionContext, path: str) -> Path:
    try:
        return Path(paths.locate(context, path))
    except ValueError as error:
        raise ArgumentError(0, str(error)) from None


@function("basename", _PATH, returns=STRING)
def basename(path: str) -> Value:
    """The last part of a path."""
    return paths.base_name(path)


@function("dirname", _PATH, returns=STRING)
def dirname(path: str) -> Value:
    """All but the last part of a path."""
    return paths.dir_name(path)


@function("pathexpand", _PATH, returns=STRING)
def pathexpand(path: str) -> Value:
    """The path with a leading ~ replaced by the home folder."""
    try:
        return paths.expand_home(path)
    except ValueError as error:
        raise ArgumentError(0, str(error)) from None


def _hashed(algorithm: str, content: bytes) -> bytes:
    import hashlib

    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")


_OF_CONTENT: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "filebase64": ("What is in a file, in base64.", _base64),
    "filebase64sha256": ("The SHA-256 hash of a file in base64.", lambda content: _base64(_hashed("sha256", content))),
    "filebase64sha512": ("The SHA-512 hash of a file in base64.", lambda content: _base64(_hashed("sha512", content))),
    "filemd5": ("The MD5 hash of a file.", lambda content: _hashed("md5", content).hex()),
    "filesha1": ("The SHA-1 hash of a file.", lambda content: _hashed("sha1", content).hex()),
    "filesha256": ("The SHA-256 hash of a file.", lambda content: _hashed("sha256", content).hex()),
    "filesha512": ("The SHA-512 hash of a file.", lambda content: _hashed("sha512", content).hex()),
}


def functions(context: FunctionContext) -> tuple[Function, ...]:
    """Return the functions of files for a module."""

    @function("abspath", _PATH, returns=STRING)
    def abspath(path: str) -> Value:
        """The path from the root of the file system, starting at the module's folder."""
        return paths.clean(path if path.startswith("/") else f"{context.base.absolute()}/{path}")

    @function("file", _PATH, returns=STRING)
    def file(path: str) -> Value:
        """The text in a file."""
        return read_text(context, path)

    @function("fileexists", _PATH, returns=BOOL)
    def fileexists(path: str) -> Value:
        """Whether there is a file; an error if there is something else instead."""
        return _exists(_located(context, path))

    @function("fileset", _PATH, Parameter("pattern", STRING), returns=SetType(STRING))
    def fileset(path: str, pattern: str) -> Value:
        """The files below a folder whose path matches a pattern, as paths from that folder."""
        return _fileset(_located(context, path), pattern)

    return (abspath, file, fileexists, fileset, *(_of_content(context, name) for name in _OF_CONTENT))


def _of_content(context: FunctionContext, name: str) -> Function:
    description, compute = _OF_CONTENT[name]

    def implementation(path: str) -> Value:
        return compute(read(context, path))

    implementation.__doc__ = description
    return function(name, _PATH, returns=STRING)(implementation)


def _exists(place: Path) -> bool:
    if place.is_dir():
        raise ArgumentError(0, f'"{place}" is a folder, not a file')
    if place.exists() and not place.is_file():
        raise ArgumentError(0, f'"{place}" is neither a file nor a folder')
    return place.is_file()


def _fileset(folder: Path, pattern: str) -> Value:
    start = folder.absolute()
    try:
        found = list(find(paths.clean(f"{start}/{pattern}")))
    except (PatternError, ValueError) as error:
        raise ArgumentError(1, str(error)) from None
    relative = partial(os.path.relpath, start=start)
    return make_set(STRING, [unicodedata.normalize("NFC", relative(path)) for path in found])


FUNCTIONS: tuple[Function, ...] = (basename, dirname, pathexpand)
