"""`pool`: nodes of one size and one image. The VM configuration and the scale settings dissolve into it."""

from typing import Annotated, ClassVar

from pydantic import Field

from batchplan.lang.types import STRING
from batchplan.schema import task
from batchplan.schema.block import Block, ComputedTypes
from batchplan.schema.constraint import AnyCase, Length, ResourceId, choice, matching
from batchplan.schema.facts import CERTIFICATE_GUIDE, IDENTITY_GUIDE, NAMES, OWN, UPDATE_GUIDE, Change, Fact, Ground
from batchplan.schema.identity import IDENTITY, IDENTITY_ID, identity_rules
from batchplan.schema.pool_disk import DataDisk, OSDisk
from batchplan.schema.pool_image import (
    ContainerConfiguration,
    DiskEncryption,
    Extension,
    ImageReference,
    NodePlacement,
    SecurityProfile,
    ServiceArtifact,
    WindowsConfiguration,
)
from batchplan.schema.pool_network import NetworkConfiguration
from batchplan.schema.pool_rules import POOL_RULES
from batchplan.schema.pool_scale import (
    MOUNTS,
    PACKAGES,
    SLOTS,
    AutoScale,
    FixedScale,
    PackageReference,
    TaskScheduling,
    UserAccount,
)
from batchplan.schema.pool_start_task import StartTask
from batchplan.schema.pool_storage import Mount
from batchplan.schema.pool_upgrade import UpgradePolicy
from batchplan.schema.replacement import Replacement
from batchplan.schema.suppress import SUPPRESS, Suppression
from batchplan.schema.tags import TAGS, Tags

ACCOUNT_ID = ResourceId("Microsoft.Batch/batchAccounts")
OBJECT_ID = matching(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")

_ADDRESS = Ground(Change.CREATE, "It is part of the pool's address in Azure.", NAMES)
_EMPTY = Ground(
    Change.EMPTY,
    "The service takes it only while the pool has no nodes (PropertyCannotBeUpdated otherwise).",
    UPDATE_GUIDE,
)
_DISKS = Ground(Change.EMPTY, f"{_EMPTY.why} The data plane never takes it.", UPDATE_GUIDE)
_REBOOT = Ground(Change.REBOOT, "The service takes it at any time, and nodes take it up when they start.", UPDATE_GUIDE)
_LIVE = Ground(Change.LIVE, "The service takes it in a PATCH at any time.", UPDATE_GUIDE)
_SCALE = Ground(
    Change.ACTION, "The service takes it at any time but during a resize, and starts a resize of its own.", UPDATE_GUIDE
)
_EXTENSIONS = Ground(
    Change.CREATE,
    "Extensions are installed when a node is made; the service's guide has such pools made anew.",
    CERTIFICATE_GUIDE,
)
_IDENTITY = Ground(
    Change.EMPTY,
    "The service takes it at any time, but only nodes made after the pool was empty have the new identities.",
    IDENTITY_GUIDE,
)
_OWN = Ground(Change.LIVE, "It is batchplan's own and never sent.", OWN)
_VM = "deploymentConfiguration.virtualMachineConfiguration"


class PoolIdentity(Block):
    """Identities of the nodes; pools take user-assigned ones only."""

    type: Annotated[str, choice("UserAssigned", "None")]
    user_assigned_identities: Annotated[tuple[Annotated[str, IDENTITY_ID], ...] | None, IDENTITY] = None
    rules = (identity_rules,)


def vm(name: str) -> str:
    """Return the path of a member of the VM configuration."""
    return f"{_VM}.{name}"


IMAGE = Fact("", _EMPTY, api=vm("imageReference"))
AGENT = AnyCase('a node agent such as "batch.node.ubuntu 22.04"')
AGENT_FACT = Fact("The agent that fits the image.", _EMPTY, api=vm("nodeAgentSkuId"))
SIZE = matching(r"[A-Za-z0-9_-]+", 'a VM size such as "standard_d4s_v5"', fold=True)
SIZE_FACT = Fact("The size of every node.", _EMPTY)
ACCOUNT = Fact("The account it is in.", _ADDRESS, local=True)


class PoolParts(Block):
    """What pools and their backups may set alike."""

    body: ClassVar[str] = "properties"

    display_name: Annotated[str | None, Length(0, 1024), Fact("A label for people.", _EMPTY, label_only=True)] = None
    tags: Annotated[Tags | None, TAGS, Fact("", _LIVE, api="/tags")] = None
    identity: Annotated[PoolIdentity | None, Fact("", _IDENTITY, api="/identity", void=("type", "None"))] = None
    windows_configuration: Annotated[WindowsConfiguration | None, Fact("", _EMPTY, api=vm("windowsConfiguration"))] = (
        None
    )
    data_disks: Annotated[tuple[DataDisk, ...], Length(0, 64), Fact("", _DISKS, api=vm("dataDisks"), key=("lun",))] = ()
    license_type: Annotated[
        str | None,
        choice("Windows_Server", "Windows_Client"),
        Fact("A Windows licence of one's own.", _EMPTY, api=vm("licenseType")),
    ] = None
    container_configuration: Annotated[
        ContainerConfiguration | None, Fact("", _EMPTY, api=vm("containerConfiguration"))
    ] = None
    disk_encryption_configuration: Annotated[
        DiskEncryption | None, Fact("", _EMPTY, api=vm("diskEncryptionConfiguration"))
    ] = None
    node_placement_configuration: Annotated[
        NodePlacement | None, Fact("", _EMPTY, api=vm("nodePlacementConfiguration"))
    ] = None
    extensions: Annotated[tuple[Extension, ...], Fact("", _EXTENSIONS, api=vm("extensions"), key=("name",))] = ()
    os_disk: Annotated[OSDisk | None, Fact("", _EMPTY, api=vm("osDisk"))] = None
    security_profile: Annotated[SecurityProfile | None, Fact("", _EMPTY, api=vm("securityProfile"))] = None
    service_artifact_reference: Annotated[
        ServiceArtifact | None, Fact("", _EMPTY, api=vm("serviceArtifactReference"))
    ] = None
    fixed_scale: Annotated[FixedScale | None, Fact("", _SCALE, api="scaleSettings.fixedScale")] = None
    auto_scale: Annotated[AutoScale | None, Fact("", _SCALE, api="scaleSettings.autoScale")] = None
    inter_node_communication: Annotated[
        str | None,
        choice("Enabled", "Disabled"),
        Fact("Whether nodes may talk to each other; it limits the pool's size.", _EMPTY, default="Disabled"),
    ] = None
    network_configuration: Annotated[NetworkConfiguration | None, Fact("", _EMPTY)] = None
    task_slots_per_node: Annotated[int | None, SLOTS, Fact("At most 4 for each core, and 256.", _EMPTY, default=1)] = (
        None
    )
    task_scheduling_policy: Annotated[TaskScheduling | None, Fact("", _EMPTY)] = None
    user_accounts: Annotated[tuple[UserAccount, ...], Fact("", _EMPTY, key=("name",))] = ()
    metadata: Annotated[
        tuple[task.Metadata, ...],
        Fact("Names that start with batchplan: are batchplan's.", _LIVE, key=task.METADATA),
    ] = ()
    start_task: Annotated[StartTask | None, Fact("", _REBOOT)] = None
    application_packages: Annotated[
        tuple[PackageReference, ...], PACKAGES, Fact("", _REBOOT, key=("id", "version"))
    ] = ()
    mount_configuration: Annotated[tuple[Mount, ...], MOUNTS, Fact("", _EMPTY)] = ()
    upgrade_policy: Annotated[UpgradePolicy | None, Fact("", _EMPTY)] = None


class Backup(PoolParts):
    """The same pool in another account and region: what is set here overrides, block by block."""

    account_id: Annotated[str, ACCOUNT_ID, ACCOUNT]
    image_reference: Annotated[ImageReference | None, IMAGE] = None
    node_agent_sku_id: Annotated[str | None, AGENT, AGENT_FACT] = None
    vm_size: Annotated[str | None, SIZE, SIZE_FACT] = None


class Pool(PoolParts):
    """A pool of nodes, with its backups in other regions."""

    account_id: Annotated[str, ACCOUNT_ID, ACCOUNT]
    name: Annotated[
        str,
        OBJECT_ID,
        Fact("The pool's id is this, shortened where need be, plus a suffix for its generation.", _ADDRESS, local=True),
    ]
    image_reference: Annotated[ImageReference, IMAGE]
    node_agent_sku_id: Annotated[str, AGENT, AGENT_FACT]
    vm_size: Annotated[str, SIZE, SIZE_FACT]
    replacement: Annotated[Replacement | None, Fact("", _OWN, local=True)] = None
    backup: Annotated[
        dict[str, Backup],
        Fact(
            "The same pool in another account; what is set here overrides.",
            _OWN,
            local=True,
            separate=True,
        ),
    ] = Field(default_factory=dict)
    suppress: Annotated[dict[str, Suppression], SUPPRESS] = Field(default_factory=dict)

    rules = POOL_RULES
    computed: ClassVar[ComputedTypes] = {"id": STRING, "pool_id": STRING}
