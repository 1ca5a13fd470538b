"""How many nodes there are, and what users they have."""

from typing import Annotated

from batchplan.schema import task
from batchplan.schema.block import Block
from batchplan.schema.constraint import Between, Duration, Formula, Length, ResourceId, lowered
from batchplan.schema.facts import Fact
from batchplan.schema.rule import AnyOf, Members, Together, known

NODES = Between(0)
RESIZE_TIMEOUT = Duration("PT5M")
INTERVAL = Duration("PT5M", "PT168H")
DEALLOCATION = lowered("Requeue", "Terminate", "TaskCompletion", "RetainedData")
FILL_TYPE = lowered("Spread", "Pack")
JOB_ORDER = lowered("None", "CreationTime")


class FixedScale(Block):
    """Sizes set by numbers."""

    target_dedicated_nodes: Annotated[int | None, NODES] = None
    target_low_priority_nodes: Annotated[int | None, NODES] = None
    resize_timeout: Annotated[str | None, RESIZE_TIMEOUT, Fact(default="PT15M")] = None
    node_deallocation_option: Annotated[
        str | None,
        DEALLOCATION,
        Fact("What happens to running tasks of nodes that go.", readable=False, default="Requeue"),
    ] = None
    rules = (AnyOf(("target_dedicated_nodes", "target_low_priority_nodes")),)


class AutoScale(Block):
    """Sizes set by a formula that the service evaluates."""

    formula: Annotated[str, Length(1, 8192), Formula()]
    evaluation_interval: Annotated[str | None, INTERVAL, Fact(default="PT15M")] = None


class TaskScheduling(Block):
    """Which node the next task goes to."""

    node_fill_type: Annotated[str, FILL_TYPE, Fact(default="Spread")]
    job_default_order: Annotated[str | None, JOB_ORDER, Fact(default="None", since="2025-06-01")] = None


class LinuxUser(Block):
    """Linux only; Windows pools ignore it."""

    uid: Annotated[int | None, Between(0)] = None
    gid: Annotated[int | None, Between(0)] = None
    ssh_private_key: Annotated[
        str | None, Fact("For password-less SSH between nodes.", sensitive=True, readable=False)
    ] = None
    rules = (Together(("uid", "gid")),)


class WindowsUser(Block):
    """Windows only."""

    login_mode: Annotated[str | None, lowered("Batch", "Interactive")] = None


class UserAccount(Block):
    """A user on every node."""

    name: Annotated[str, Length(1, 20)]
    password: Annotated[str, Length(1, 256), task.SECRET]
    elevation_level: Annotated[str | None, task.ELEVATION, Fact(default="NonAdmin")] = None
    linux_user_configuration: LinuxUser | None = None
    windows_user_configuration: WindowsUser | None = None


class PackageReference(Block):
    """An application package that is put on every node."""

    id: Annotated[str, ResourceId("Microsoft.Batch/batchAccounts/applications")]
    version: Annotated[str | None, Length(1, 64), Fact("Without it, the application's default version.")] = None


def is_windows(image: Members, agent: str | None) -> bool | None:
    """Return whether nodes run Windows, as far as the agent or the publisher of the image tells."""
    words = [agent, known(image, "publisher"), known(image, "offer")]
    folded = [word.casefold() for word in words if isinstance(word, str)]
    if any("windows" in word for word in folded):
        return True
    return False if agent is not None else None


PACKAGES = Length(0, 10)
MOUNTS = Length(0, 10)
SLOTS = Between(1, 256)
