"""Parts of tasks that start tasks of pools and the tasks of jobs have in common."""

from collections.abc import Iterator
from typing import Annotated

from batchplan.schema.block import Block
from batchplan.schema.constraint import Choice, Length, UnlimitedOr, choice, lowered, matching
from batchplan.schema.facts import Fact
from batchplan.schema.identity import IdentityReference
from batchplan.schema.rule import Members, OneOf, Problem, given, known, maybe

URL = matching(r"https?://\S+", "an http:// or https:// address")
PLACE = matching(
    r"(?!.*(?:^|[/\\])\.\.(?:[/\\]|$)).+", "a path in the task's folder, or an absolute one, without a step .."
)
SCOPE = lowered("Task", "Pool")
ELEVATION = lowered("NonAdmin", "Admin")


class Metadata(Block):
    """A name and a value that the service only keeps."""

    name: str
    value: str


METADATA = ("name",)


class EnvironmentSetting(Block):
    """A variable of the task's environment."""

    name: Annotated[str, Length(1)]
    value: str | None = None


def _resource_file(block: Members) -> Iterator[Problem]:
    if given(block, "http_url") and not maybe(block, "file_path"):
        yield Problem(("http_url",), 'With "http_url" the argument "file_path" says where the file goes.')
    if given(block, "http_url") and known(block, "blob_prefix"):
        text = '"blob_prefix" chooses files of a container; it has no meaning with "http_url".'
        yield Problem(("blob_prefix",), text)


class ResourceFile(Block):
    """Files that are downloaded to the node before the command line runs."""

    auto_storage_container_name: Annotated[str | None, Length(1, 63)] = None
    storage_container_url: Annotated[str | None, URL, Fact(sas=True)] = None
    http_url: Annotated[str | None, URL, Fact(sas=True)] = None
    blob_prefix: str | None = None
    file_path: Annotated[str | None, PLACE] = None
    file_mode: Annotated[
        str | None, matching(r"[0-7]{3,4}", 'a mode in octal digits, such as "0755"'), Fact(default="0770")
    ] = None
    identity_reference: IdentityReference | None = None

    rules = (
        OneOf(("auto_storage_container_name", "storage_container_url", "http_url")),
        _resource_file,
    )


class AutoUser(Block):
    """A user that the service makes."""

    scope: Annotated[str | None, SCOPE, Fact(default="Pool")] = None
    elevation_level: Annotated[str | None, ELEVATION, Fact(default="NonAdmin")] = None


class BindMount(Block):
    """A folder of the node that the container sees."""

    source: Annotated[str | None, choice("Shared", "Startup", "VfsMounts", "Task", "JobPrep", "Applications")] = None
    is_read_only: Annotated[bool | None, Fact("On Linux, writing depends on the node's permissions as well.")] = None


def registry_rules(registry: Members) -> Iterator[Problem]:
    """A registry is entered with a password or with an identity."""
    if given(registry, "identity_reference") and given(registry, "password"):
        yield Problem(("password",), 'Only one of "password" and "identity_reference" can be set.')


REGISTRY_SERVER = Fact(default="docker.io")
SECRET = Fact(sensitive=True, readable=False)
RETRIES = UnlimitedOr(0)
ENVIRONMENT = Fact(key=("name",))
WORKING_DIRECTORY = Choice(
    ("TaskWorkingDirectory", "ContainerImageDefault"), ("taskWorkingDirectory", "containerImageDefault")
)
