"""The tasks that a job itself has: manager, preparation, release."""

from typing import Annotated

from batchplan.schema import task
from batchplan.schema.block import Block
from batchplan.schema.constraint import AnyCase, Between, Duration, Length, choice, matching
from batchplan.schema.facts import Fact
from batchplan.schema.identity import IdentityReference
from batchplan.schema.rule import OneOf
from batchplan.schema.times import UNLIMITED

TASK_ID = matching(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")
COMMAND = Fact("It does not run under a shell: call one to expand variables or to chain commands.")
WALL_CLOCK = Fact("How long it may run.", default=UNLIMITED)
RETENTION = Fact("How long its files are kept on the node.", default="P7D")


class TaskContainerRegistry(Block):
    """A registry that images come from."""

    username: str | None = None
    password: Annotated[str | None, task.SECRET] = None
    registry_server: Annotated[str | None, task.REGISTRY_SERVER] = None
    identity_reference: IdentityReference | None = None
    rules = (task.registry_rules,)


class TaskContainerSettings(Block):
    """The container that the task runs in."""

    image_name: Annotated[str, Length(1), Fact("Without a tag it is :latest.")]
    container_run_options: str | None = None
    registry: TaskContainerRegistry | None = None
    working_directory: Annotated[str | None, task.WORKING_DIRECTORY, Fact(default="taskWorkingDirectory")] = None
    container_host_batch_bind_mounts: Annotated[tuple[task.BindMount, ...], Fact(key=("source",))] = ()


class TaskUserIdentity(Block):
    """The user that the task runs as."""

    username: Annotated[str | None, Length(1, 20)] = None
    auto_user: task.AutoUser | None = None
    rules = (OneOf(("username", "auto_user")),)


class TaskConstraints(Block):
    """Limits of a task."""

    max_wall_clock_time: Annotated[str | None, Duration(), WALL_CLOCK] = None
    retention_time: Annotated[str | None, Duration(), RETENTION] = None
    max_task_retry_count: Annotated[int | None, task.RETRIES, Fact("-1 tries again for ever.", default=0)] = None


class UploadHeader(Block):
    """An HTTP header of the upload."""

    name: Annotated[str, Length(1)]
    value: str | None = None


class BlobDestination(Block):
    """A blob container that files are uploaded to."""

    container_url: Annotated[str, task.URL, Fact(sas=True)]
    path: str | None = None
    identity_reference: IdentityReference | None = None
    upload_headers: Annotated[tuple[UploadHeader, ...], Fact(key=("name",))] = ()


class Destination(Block):
    """Where files go."""

    container: BlobDestination | None = None


class UploadOptions(Block):
    """When files are uploaded."""

    upload_condition: Annotated[str, choice("tasksuccess", "taskfailure", "taskcompletion")]


class OutputFile(Block):
    """Files that are uploaded when the task has ended."""

    file_pattern: Annotated[str, Length(1)]
    destination: Destination
    upload_options: UploadOptions


class TaskPackageReference(Block):
    """An application package that the task's node gets."""

    application_id: Annotated[str, AnyCase("the name of an application")]
    version: Annotated[str | None, Length(1, 64)] = None


class JobTaskParts(Block):
    """What the three tasks of a job have in common."""

    command_line: Annotated[str, Length(1), COMMAND]
    container_settings: TaskContainerSettings | None = None
    resource_files: Annotated[tuple[task.ResourceFile, ...], Fact()] = ()
    environment_settings: Annotated[tuple[task.EnvironmentSetting, ...], task.ENVIRONMENT] = ()
    user_identity: TaskUserIdentity | None = None


class JobManagerTask(JobTaskParts):
    """A task that starts with the job, usually to add its other tasks."""

    id: Annotated[str, TASK_ID]
    display_name: Annotated[str | None, Length(0, 1024)] = None
    output_files: Annotated[tuple[OutputFile, ...], Fact()] = ()
    constraints: TaskConstraints | None = None
    required_slots: Annotated[int | None, Between(1, 256), Fact(default=1)] = None
    kill_job_on_completion: Annotated[bool | None, Fact("Whether the job ends with it.", default=True)] = None
    run_exclusive: Annotated[bool | None, Fact("Whether it has its node for itself.", default=True)] = None
    application_package_references: Annotated[
        tuple[TaskPackageReference, ...], Fact(key=("application_id", "version"))
    ] = ()
    allow_low_priority_node: Annotated[bool | None, Fact(default=True)] = None


class JobPreparationTask(JobTaskParts):
    """A task that runs on a node before the job's first task there."""

    id: Annotated[str | None, TASK_ID, Fact(default="jobpreparation")] = None
    constraints: TaskConstraints | None = None
    wait_for_success: Annotated[bool | None, Fact(default=True)] = None
    rerun_on_node_reboot_after_success: Annotated[bool | None, Fact(default=True)] = None


class JobReleaseTask(JobTaskParts):
    """A task that runs, when the job ends, on each node that the preparation task ran on."""

    id: Annotated[str | None, TASK_ID, Fact(default="jobrelease")] = None
    max_wall_clock_time: Annotated[str | None, Duration(None, "PT15M"), Fact(default="PT15M")] = None
    retention_time: Annotated[str | None, Duration(), RETENTION] = None
