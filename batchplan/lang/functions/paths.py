"""Paths as text, by the rules of Go's filepath on Unix, and where a path of a module lies."""

import os
import posixpath
from pathlib import Path

from batchplan.lang.functions.context import FunctionContext


def clean(path: str) -> str:
    """Return the shortest equal path: no doubled or trailing slash, no `.`, no `x/..`."""
    made = posixpath.normpath(path)
    return made[1:] if made.startswith("//") else made


def base_name(path: str) -> str:
    """Return the last part; `.` for the empty path, `/` for the root."""
    if not path:
        return "."
    stripped = path.rstrip("/")
    return stripped.rpartition("/")[2] or "/"


def dir_name(path: str) -> str:
    """Return all but the last part, cleaned; `.` when there is only one."""
    head, slash, _ = path.rpartition("/")
    return clean(head + slash) if slash else "."


def expand_home(path: str) -> str:
    """Return the path with a leading `~` replaced; raise ValueError for the home of someone else."""
    if not path.startswith("~"):
        return path
    if path[1:2] not in ("", "/"):
        raise ValueError(f'"{path}" names the home of another person; only "~" alone and "~/" are understood')
    return clean(f"{Path.home()}/{path[1:]}")


def locate(context: FunctionContext, path: str) -> str:
    """Return where a path of a module lies: below its folder, else below the root if something is there."""
    expanded = expand_home(path)
    if expanded.startswith("/"):
        return clean(expanded)
    inside = clean(f"{context.base}/{expanded}")
    if os.path.lexists(inside):
        return inside
    below_root = clean(f"{context.root}/{expanded}")
    return below_root if os.path.lexists(below_root) else inside
