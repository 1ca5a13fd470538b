"""Operations on the files of nodes and of tasks."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from batchplan.emulator import ticks
from batchplan.emulator.dataplane import jobs as job_operations
from batchplan.emulator.dataplane.call import Call, listing, written
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Json, Node, Pool, Task
from batchplan.emulator.wire import conditions
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import files, nodes, pools, tasks
from batchplan.emulator.world.defaults import is_windows
from batchplan.emulator.world.files import File

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_TYPE = "application/octet-stream"
_FILE_MODE, _FOLDER_MODE = "0o100644", "0o040755"  # Linux only, as documented


def _node(call: Call) -> tuple[Pool, Node]:
    pool = pools.find_pool(call.world, call.account, call.args["pool"])
    return pool, nodes.find_node(call.world, call.account, pool, call.args["node"])


def _task(call: Call) -> Task:
    job = job_operations.find(call, conditional=False)
    return tasks.find_task(call.world, call.account, job, call.args["task"])


def _root(call: Call) -> str:
    """Return the URL of the collection of files the request is about."""
    if "node" in call.args:
        return call.url("pools", call.args["pool"], "nodes", call.args["node"], "files")
    return call.url("jobs", call.args["job"], "tasks", call.args["task"], "files")


def list_of_node(call: Call) -> Reply:
    """GET /pools/{pool}/nodes/{node}/files"""
    pool, node = _node(call)
    found = files.node_files(call.world, call.account, node, recursive=call.flag("recursive"))
    return _list(call, found, windows=is_windows(pool.spec))


def get_of_node(call: Call) -> Reply:
    """GET and HEAD /pools/{pool}/nodes/{node}/files/{file}"""
    pool, node = _node(call)
    found = files.find_node_file(call.world, call.account, node, call.args["file"])
    return _content(call, found, windows=is_windows(pool.spec))


def delete_of_node(call: Call) -> Reply:
    """DELETE /pools/{pool}/nodes/{node}/files/{file}"""
    _, node = _node(call)
    files.delete_node_file(call.world, call.account, node, call.args["file"], recursive=call.flag("recursive"))
    return written(call, 200, traced=False)


def list_of_task(call: Call) -> Reply:
    """GET /jobs/{job}/tasks/{task}/files"""
    task = _task(call)
    found = files.task_files(call.world, call.account, task, recursive=call.flag("recursive"))
    return _list(call, found, windows=_ran_on_windows(task))


def get_of_task(call: Call) -> Reply:
    """GET and HEAD /jobs/{job}/tasks/{task}/files/{file}"""
    task = _task(call)
    found = files.find_task_file(call.world, call.account, task, call.args["file"])
    return _content(call, found, windows=_ran_on_windows(task))


def delete_of_task(call: Call) -> Reply:
    """DELETE /jobs/{job}/tasks/{task}/files/{file}"""
    task = _task(call)
    files.delete_task_file(call.world, call.account, task, call.args["file"], recursive=call.flag("recursive"))
    return written(call, 200, traced=False)


def _ran_on_windows(task: Task) -> bool:
    return "\\" in str((task.node_info or {}).get("taskRootDirectory") or "")


def _list(call: Call, found: Sequence[File], *, windows: bool) -> Reply:
    """Return a page of files, in the breadth-first order of the world; Windows names have backslashes (recorded)."""
    root = _root(call)
    entries = (((number,), file) for number, file in enumerate(found))

    def view(file: File) -> Json:
        name = file.path.replace("/", "\\") if windows else file.path
        entry: Json = {"name": name, "url": f"{root}/{name}", "isDirectory": file.directory}
        if not file.directory:
            entry["properties"] = _properties(file, windows=windows)
        return entry

    return listing(call, "files", "BatchNodeFile", entries, view)


def _properties(file: File, *, windows: bool) -> Json:
    properties: Json = {
        "creationTime": ticks.isoformat(file.created),
        "lastModified": ticks.isoformat(file.modified),
        "contentLength": str(len(file.content)),  # recorded: a string
        "contentType": _TYPE,
    }
    return properties if windows else {**properties, "fileMode": _FILE_MODE}


def _content(call: Call, file: File, *, windows: bool) -> Reply:
    """Return a file's bytes and what is known of it; there is no ETag (recorded)."""
    conditions.check(call.request.headers, call.request.method, file.modified)
    headers = {
        "Last-Modified": ticks.http_date(file.modified),
        "ocp-creation-time": ticks.http_date(file.created),
        "ocp-batch-file-isdirectory": str(file.directory),
        "ocp-batch-file-url": quote(f"{_root(call)}/{file.path}", safe=""),
    }
    if not windows:
        headers["ocp-batch-file-mode"] = _FOLDER_MODE if file.directory else _FILE_MODE
    if file.directory:
        return Reply(200, {**headers, "Content-Length": "0"})
    headers["Content-Type"] = _TYPE
    wanted = call.request.headers.get("ocp-range") or call.request.headers.get("range")
    part = _part(wanted, len(file.content)) if wanted else None
    content = file.content if part is None else file.content[part]
    headers["Content-Length"] = str(len(content))
    if part is None:
        return Reply(200, headers, content)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(file.content)}"
    return Reply(206, headers, content)


def _part(text: str, size: int) -> slice:
    """Return the bytes a range header names; raise InvalidRange."""
    found = _RANGE.fullmatch(text.strip())
    first, last = found.groups() if found else ("", "")
    if not first and not last:
        raise _bad_range()
    begin = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if begin >= end:
        raise _bad_range()
    return slice(begin, end)


def _bad_range() -> ServiceError:
    sentence = "The range specified is invalid for the current size of the resource."
    return refuse("InvalidRange", message=sentence, status=416)
