"""Files on nodes: nothing is stored, they follow from what ran there.

    startup/                     the start task
    workitems/{job}/job-1/{id}/  tasks, job preparation and release tasks
    shared/, applications/       empty folders every node has

Paths use `/`; a plane may show `\\` for Windows. A file a client deleted stays deleted until its
process runs again. Files go with their node, with a reimage, and when their retention time is over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from batchplan.emulator import ticks
from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Account, Job, Json, Node, Task
from batchplan.emulator.world import durations
from batchplan.emulator.world.core import Key, World

_LOST = frozenset(
    {"creating", "unusable", "unknown", "preempted", "deallocated", "deallocating", "reimaging", "leavingpool"}
)
_FOLDERS = ("applications", "shared", "startup", "workitems")


@dataclass(frozen=True, slots=True)
class File:
    """A file or folder on a node; times are ticks, the path is relative to where it was asked for."""

    path: str
    directory: bool = False
    content: bytes = b""
    created: int = 0
    modified: int = 0


def node_files(world: World, account: Account, node: Node, *, recursive: bool) -> list[File]:
    """Return what is on a node, breadth-first (recorded); without `recursive` only the top."""
    _require_reachable(node)
    return _listing(_all(world, account, node), "", recursive=recursive)


def find_node_file(world: World, account: Account, node: Node, path: str) -> File:
    """Return a file or folder of a node; raise 404 FileNotFound."""
    _require_reachable(node)
    return _find(_all(world, account, node), _clean(path))


def delete_node_file(world: World, account: Account, node: Node, path: str, *, recursive: bool) -> None:
    """Delete a file or folder of a node; a folder with something in it needs `recursive`."""
    _require_reachable(node)
    _delete(world, node, _all(world, account, node), _clean(path), recursive=recursive)


def task_files(world: World, account: Account, task: Task, *, recursive: bool) -> list[File]:
    """Return the files of a task; raise 409 when its node is gone, or they were cleaned up."""
    node, root = _place(world, account, task)
    return _listing(_all(world, account, node), f"{root}/", recursive=recursive)


def find_task_file(world: World, account: Account, task: Task, path: str) -> File:
    """Return a file of a task by its path below the task's folder; raise 404 FileNotFound or 409."""
    node, root = _place(world, account, task)
    found = _find(_all(world, account, node), f"{root}/{_clean(path)}")
    return File(_clean(path), found.directory, found.content, found.created, found.modified)


def delete_task_file(world: World, account: Account, task: Task, path: str, *, recursive: bool) -> None:
    """Delete a file or folder of a task."""
    node, root = _place(world, account, task)
    _delete(world, node, _all(world, account, node), f"{root}/{_clean(path)}", recursive=recursive)


def _clean(path: str) -> str:
    return path.replace("\\", "/").strip("/")


def _require_reachable(node: Node) -> None:
    if node.state in _LOST:
        raise refuse("NodeStateUnusable" if node.state in {"unusable", "unknown"} else "OperationNotValidOnNode")


def _place(world: World, account: Account, task: Task) -> tuple[Node, str]:
    info = task.node_info
    if info is None or task.state not in {"running", "completed"}:
        raise refuse("TaskFilesUnavailable")
    key = (account.name.lower(), str(info["poolId"]).lower(), str(info["nodeId"]))
    node = world.nodes.get(key)
    if node is None or node.state in _LOST or task_key(task) not in world.index.ran_on.get(key, {}):
        raise refuse("TaskFilesUnavailable")
    if world.now > _kept_until(task):
        raise refuse("TaskFilesCleanedup")
    return node, _clean(str(info["taskRootDirectory"]))


def task_key(task: Task) -> Key:
    """Return a task's key."""
    return (task.account.lower(), task.job, task.id.lower())


def _kept_until(task: Task) -> int:
    end = task.execution.get("endTime")
    if end is None:
        return durations.UNLIMITED_TICKS
    return ticks.parse_iso(end) + durations.parse(task.spec["constraints"]["retentionTime"])


def _all(world: World, account: Account, node: Node) -> list[File]:
    """Return every file and folder on a node, parents before what is in them."""
    made = node.last_boot or node.allocated
    found = [File(name, directory=True, created=made, modified=made) for name in _FOLDERS]
    if node.start_task_info is not None:
        found += _process("startup", node.start_task_info, node.start_task_output or {}, made)
    key = (account.name.lower(), node.pool, node.id)
    for name in sorted(world.index.ran_on.get(key, ())):
        task = world.tasks[name]
        if task.node_info is not None and "startTime" in task.execution and world.now <= _kept_until(task):
            found += _process(str(task.node_info["taskRootDirectory"]), task.execution, task.output, made)
    for job, infos in _prepared(world, account, node):
        for info in infos:
            found += _process(str(info["taskRootDirectory"]), info, {}, job.created)
    unique = {file.path: file for file in _with_parents(found, made)}
    gone = node.deleted_files
    return [file for path, file in unique.items() if not any(path == g or path.startswith(f"{g}/") for g in gone)]


def _prepared(world: World, account: Account, node: Node) -> Iterator[tuple[Job, list[Json]]]:
    for name, info in node.prepared_jobs.items():
        job = world.jobs.get((account.name.lower(), name))
        if job is not None:
            yield job, [info, *([node.released_jobs[name]] if name in node.released_jobs else [])]


def _process(root: str, info: Json, output: Json, made: int) -> Iterator[File]:
    root = _clean(root)
    start = ticks.parse_iso(info["startTime"]) if "startTime" in info else made
    end = ticks.parse_iso(info["endTime"]) if "endTime" in info else start
    yield File(root, directory=True, created=start, modified=start)
    yield File(f"{root}/wd", directory=True, created=start, modified=start)
    for name in ("stderr", "stdout"):
        content = str(output.get(name) or "").encode() if "endTime" in info else b""
        yield File(f"{root}/{name}.txt", content=content, created=start, modified=end)


def _with_parents(files: Iterable[File], made: int) -> Iterator[File]:
    seen: set[str] = set()
    for file in files:
        parts = file.path.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            if parent not in seen:
                seen.add(parent)
                yield File(parent, directory=True, created=made, modified=made)
        seen.add(file.path)
        yield file


def _listing(files: list[File], root: str, *, recursive: bool) -> list[File]:
    below = [
        File(file.path.removeprefix(root), file.directory, file.content, file.created, file.modified)
        for file in files
        if file.path.startswith(root) and file.path != root
    ]
    chosen = below if recursive else [file for file in below if "/" not in file.path]
    return sorted(chosen, key=lambda file: (file.path.count("/"), file.path))


def _find(files: list[File], path: str) -> File:
    found = next((file for file in files if file.path == path), None)
    if found is None:
        raise refuse("FileNotFound")
    return found


def _delete(world: World, node: Node, files: list[File], path: str, *, recursive: bool) -> None:
    found = _find(files, path)
    if found.directory and not recursive and any(file.path.startswith(f"{path}/") for file in files):
        raise refuse("OperationInvalidForCurrentState", ("Reason", "The folder is not empty"))
    node.deleted_files.append(path)
    world.touch("nodes", (node.account, node.pool, node.id))
