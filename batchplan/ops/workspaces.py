"""Making, choosing and deleting workspaces."""

from pathlib import Path

from batchplan.core.codes import WORKSPACE_PROBLEM
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.suggest import did_you_mean
from batchplan.ops.backend import Backend
from batchplan.ops.state import Locking, current
from batchplan.ops.workspace import check_name, choose


def make(folder: Path, backend: Backend, name: str) -> None:
    """Make a workspace and use it; raise UserError when it is there already."""
    check_name(name)
    if name in backend.workspaces():
        raise _refusal(f'There is a workspace "{name}" already: batchplan workspace select {name}')
    backend.add(name)
    choose(folder, name)


def select(folder: Path, backend: Backend, name: str) -> None:
    """Use a workspace; raise UserError when there is none of that name."""
    _check_there(backend, name)
    choose(folder, name)


async def remove(backend: Backend, name: str, chosen: str, locking: Locking, *, force: bool) -> None:
    """Delete a workspace; raise UserError for the one in use, for `default`, and for one that manages objects."""
    _check_there(backend, name)
    if name == "default":
        raise _refusal('The workspace "default" cannot be deleted.')
    if name == chosen:
        raise _refusal(f'The workspace "{name}" is in use. Use another one first: batchplan workspace select default')
    store = backend.store(name)
    lock = await store.lock("workspace delete", locking.timeout) if locking.wanted else None
    removed = False
    try:
        document = await current(store)
        if document is not None and document.resources and not force:
            count = len(document.resources)
            detail = (
                f'The workspace "{name}" manages {count} {"object" if count == 1 else "objects"}, which would stay in '
                "Azure with nobody to manage them. Destroy them first, or delete it with -force."
            )
            raise _refusal(detail)
        backend.remove(name)
        removed = True
    finally:
        if lock is not None and not removed:
            await lock.release()


def _check_there(backend: Backend, name: str) -> None:
    check_name(name)
    known = backend.workspaces()
    if name not in known:
        raise _refusal(f'There is no workspace "{name}".{did_you_mean(name, known)} Make it: workspace new {name}')


def _refusal(detail: str) -> UserError:
    return UserError([Diagnostic(WORKSPACE_PROBLEM, detail)])
