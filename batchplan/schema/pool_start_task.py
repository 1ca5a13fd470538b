"""What runs on every node before it takes work."""

from collections.abc import Iterator
from typing import Annotated

from batchplan.schema import task
from batchplan.schema.block import Block
from batchplan.schema.constraint import Length
from batchplan.schema.facts import Fact
from batchplan.schema.identity import IdentityReference
from batchplan.schema.rule import Members, OneOf, Problem, maybe


class ContainerRegistry(Block):
    """A registry that images come from."""

    user_name: Annotated[str | None, Fact(api="username")] = None
    password: Annotated[str | None, task.SECRET] = None
    registry_server: Annotated[str | None, task.REGISTRY_SERVER] = None
    identity_reference: IdentityReference | None = None
    rules = (task.registry_rules,)


class ContainerSettings(Block):
    """The container that the task runs in."""

    image_name: Annotated[str, Length(1), Fact("Without a tag it is :latest.")]
    container_run_options: str | None = None
    registry: ContainerRegistry | None = None
    working_directory: Annotated[str | None, task.WORKING_DIRECTORY, Fact(default="TaskWorkingDirectory")] = None
    container_host_batch_bind_mounts: Annotated[tuple[task.BindMount, ...], Fact(key=("source",))] = ()


class UserIdentity(Block):
    """The user that the task runs as."""

    user_name: Annotated[str | None, Length(1, 20)] = None
    auto_user: task.AutoUser | None = None
    rules = (OneOf(("user_name", "auto_user")),)


class StartTaskParts(Block):
    """What the start tasks of pools and of auto pools have in common."""

    resource_files: Annotated[tuple[task.ResourceFile, ...], Fact()] = ()
    environment_settings: Annotated[tuple[task.EnvironmentSetting, ...], task.ENVIRONMENT] = ()
    max_task_retry_count: Annotated[int | None, task.RETRIES, Fact("-1 tries again for ever.", default=0)] = None
    wait_for_success: Annotated[
        bool | None, Fact("Whether tasks wait until the start task has succeeded.", default=True)
    ] = None


def _command_line(start: Members) -> Iterator[Problem]:
    if not maybe(start, "command_line"):
        yield Problem((), 'A start task needs the argument "command_line".', missing=True)


class StartTask(StartTaskParts):
    """What runs on each node when it joins the pool, and again when it is rebooted or reimaged."""

    command_line: Annotated[
        str | None, Length(1), Fact("It does not run under a shell: call one to expand variables or to chain commands.")
    ] = None
    user_identity: UserIdentity | None = None
    container_settings: ContainerSettings | None = None
    rules = (_command_line,)
