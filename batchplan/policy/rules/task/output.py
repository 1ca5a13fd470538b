"""What is left of a task when its node goes."""

import re
from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Inapplicable, Level, NotLooked, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.tasks import (
    JOBS,
    job_tasks,
    measured,
    offered_size,
    specification,
    statistics,
    used_pool,
)
from batchplan.schema.job_task import RETENTION
from batchplan.schema.times import seconds

PERCENT = Param("percent", 80, "How much of the temporary disk kept files may fill.")
_UPLOADS = re.compile(
    r"\b(?:azcopy|rclone|blobxfer|gsutil|scp|rsync)\b|az storage (?:blob|file|fs)|aws s3|Set-AzStorageBlobContent"
    r"|fsmounts|AZ_BATCH_NODE_MOUNTS_DIR",
    re.IGNORECASE,
)
DAYS = int((seconds(str(RETENTION.default)) or 0) // 86400)
"""How long the service keeps files where nothing is said."""
_MOUNTED = re.compile(r"(?:^|\s)(?:-v|--volume|--mount)\b")
_ON_FAILURE = ("taskfailure", "taskcompletion")
_ON_SUCCESS = ("tasksuccess", "taskcompletion")


def _manager(job: Subject) -> View:
    manager = specification(job).block("job_manager_task")
    if manager is None:
        raise Inapplicable("it has no job manager task, and its other tasks are not part of the configuration")
    return manager


def _uploads(manager: View, conditions: tuple[str, ...]) -> bool:
    return any(one.text("upload_options.upload_condition") in conditions for one in manager.items("output_files"))


@rule("BP5101", "Task output is not kept", kinds=JOBS, severity=Severity.INFO, level=Level.ADVISORY)
def output_not_persisted(job: Subject, see: Scope) -> Iterator[Finding]:
    """Nothing moves what a job manager task writes off its node.

    Why: Nodes come and go. When one leaves the pool, the files of its tasks are deleted with it.

    Instead: Upload results with `output_files`, write them to a mounted share, or upload them in the command line.

    Source: "Azure Batch best practices", Tasks: save task data. Of the tasks of a job, the configuration holds the
    job manager task only, whose result often is what it adds; hence a note, and a warning in `strict`.

    Exceptions: managers that only add tasks, and scripts that upload by themselves; the scripts are not looked at.
    """
    manager = _manager(job)
    if _uploads(manager, _ON_SUCCESS) or _kept_by_command(job, manager, see):
        return
    pool = used_pool(job, see)
    if pool is None:
        raise NotLooked("its pool is not in this configuration, and may have file systems mounted")
    if not pool.has("mount_configuration"):
        yield Finding(
            f"What the job manager task of {job.address} writes is lost with its node: nothing uploads it, and the "
            "pool has no file system mounted.",
            manager.path("output_files"),
            remediation='Add output_files { file_pattern = "**/*", destination { … }, '
            'upload_options { upload_condition = "tasksuccess" } }.',
        )


def _kept_by_command(job: Subject, manager: View, see: Scope) -> bool:
    container = manager.block("container_settings")
    if container is not None and (
        any(one.text("source") == "VfsMounts" for one in container.items("container_host_batch_bind_mounts"))
        or _MOUNTED.search(container.text("container_run_options"))
    ):
        return True
    lines = (task.view.text("command_line") for task in job_tasks(job, see))
    return any(_UPLOADS.search(line) for line in lines)


@rule("BP5102", "Logs of a failure are not kept", kinds=JOBS, severity=Severity.INFO, level=Level.ADVISORY)
def failure_logs_not_uploaded(job: Subject, _: Scope) -> Iterator[Finding]:
    """When a job manager task fails, its logs stay on the node.

    Why: The node may be gone before somebody looks, and with it what the task has written to stdout and stderr: the
    only trace of why it failed.

    Instead: Upload `../std*.txt` with `upload_condition = "taskcompletion"`.

    Source: "Azure Batch best practices", Tasks: save task data. Of the tasks of a job, the configuration holds the
    job manager task only. Hardly any public job manager uploads its logs, hence a note, and a warning in `strict`.

    Exceptions: nodes with an agent that collects logs.
    """
    manager = _manager(job)
    if not _uploads(manager, _ON_FAILURE):
        listed = manager.has("output_files")
        yield Finding(
            f"The logs of the job manager task of {job.address} are lost with its node when it fails: "
            f"{'its output_files are uploaded after a success only' if listed else 'it has no output_files'}.",
            manager.path("output_files"),
            remediation='Add output_files { file_pattern = "../std*.txt", destination { … }, '
            'upload_options { upload_condition = "taskcompletion" } }.',
        )


@rule("BP5103", "No time is set for which files are kept", kinds=JOBS, severity=Severity.INFO, level=Level.ADVISORY)
def retention_time_not_set(job: Subject, see: Scope) -> Iterator[Finding]:
    """A task does not say how long its files stay on the node.

    Why: Without `retention_time` they stay for seven days after the task has ended, unless the task is deleted. Nodes
    that live as long as that run full, and take no more tasks.

    Instead: Set `retention_time` to as long as somebody may look at the files, such as `P1D`.

    Source: "Azure Batch best practices", Tasks: manage task lifetime; REST API, constraints.retentionTime, whose
    default is seven days.

    Exceptions: tasks that are deleted when they have ended.
    """
    found = False
    for task in job_tasks(job, see):
        found = True
        release = task.view.at[-1] == "job_release_task"
        path = "retention_time" if release else "constraints.retention_time"
        if not task.view.has(path):
            yield Finding(
                f"{task.title} keeps its files on the node for {DAYS} days.",
                task.view.path(path),
                expected="P1D",
                remediation='Set retention_time = "P1D"' + (" in its constraints." if not release else "."),
                edit=Edit(task.view.path(path), "P1D"),
            )
    if not found:
        raise Inapplicable("it has no task of its own")


@rule(
    "BP5104",
    "Kept files fill the disk",
    kinds=["job"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["task_statistics", "vm_sizes"],
    params=[PERCENT],
)
def retention_fills_disk(job: Subject, see: Scope) -> Iterator[Finding]:
    """The files that ended tasks leave behind fill the temporary disk before their time is over.

    Why: A node whose disk is full is unusable, and Batch does not take it back by itself.

    Instead: Set a shorter `retention_time`, delete tasks that have ended, or take a size with a larger disk.

    Source: "Azure Batch best practices", Tasks: manage task lifetime; Learn, "Check for pool and node errors": full
    disks. What is kept is estimated: tasks an hour on a node, times what one writes, times how long it stays.
    """
    row = statistics(job, see)
    pool = see.pool_of(job)
    if pool is None:
        raise Inapplicable("its pool is not in this configuration")
    rate, each, kept = measured(row, "tasks_per_node_hour", "gigabytes_per_task", "retention_seconds")
    megabytes = offered_size(pool, see).capabilities.get("MaxResourceVolumeMB", "")
    if not megabytes.isdecimal() or int(megabytes) == 0:
        raise Inapplicable("its nodes have no temporary disk")
    need, have = round(rate * each * kept / 3600), int(megabytes) // 1024
    if need * 100 > have * see.param(PERCENT):
        yield Finding(
            f"Tasks of {job.address} leave about {need} GB on each node of {pool.address} before their time is over, "
            f"and its temporary disk has {have} GB.",
            expected=have,
            actual=need,
            remediation="Set a shorter retention_time in the tasks' constraints.",
        )
