"""`data` blocks: what can be looked up in Azure. Everything but their arguments is known only when it was read."""

from typing import Annotated, ClassVar

from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, ObjectType
from batchplan.schema.account import LOCATION, NAME, RESOURCE_GROUP, Account
from batchplan.schema.block import Block, ComputedTypes
from batchplan.schema.constraint import choice, matching
from batchplan.schema.facts import Fact
from batchplan.schema.pool import ACCOUNT_ID, OBJECT_ID

_FAMILY = ObjectType({"name": STRING, "core_quota": NUMBER})
_IMAGE = ObjectType(
    {
        "node_agent_sku_id": STRING,
        "publisher": STRING,
        "offer": STRING,
        "sku": STRING,
        "version": STRING,
        "os_type": STRING,
        "capabilities": ListType(STRING),
        "batch_support_end_of_life": STRING,
        "verification_type": STRING,
    }
)
_SIZE = ObjectType(
    {
        "name": STRING,
        "family_name": STRING,
        "cores": NUMBER,
        "capabilities": MapType(STRING),
        "batch_support_end_of_life": STRING,
    }
)


class AccountData(Block):
    """An account that exists."""

    name: Annotated[str, NAME]
    resource_group_name: Annotated[str, RESOURCE_GROUP]
    computed: ClassVar[ComputedTypes] = {
        **Account.computed,
        "location": STRING,
        "tags": MapType(STRING),
        "pool_allocation_mode": STRING,
        "public_network_access": STRING,
        "allowed_authentication_modes": ListType(STRING),
        "dedicated_core_quota_per_vm_family": ListType(_FAMILY),
        "dedicated_core_quota_per_vm_family_enforced": BOOL,
    }


class PoolData(Block):
    """A pool that exists; its blocks are as in a pool that is declared."""

    account_id: Annotated[str, ACCOUNT_ID]
    name: Annotated[str, OBJECT_ID, Fact("The pool's Batch id.")]
    computed: ClassVar[ComputedTypes] = {
        "id": STRING,
        "pool_id": STRING,
        "display_name": STRING,
        "vm_size": STRING,
        "node_agent_sku_id": STRING,
        "task_slots_per_node": NUMBER,
        "inter_node_communication": STRING,
        "allocation_state": STRING,
        "provisioning_state": STRING,
        "current_dedicated_nodes": NUMBER,
        "current_low_priority_nodes": NUMBER,
        "image_reference": DYNAMIC,
        "fixed_scale": DYNAMIC,
        "auto_scale": DYNAMIC,
        "network_configuration": DYNAMIC,
        "start_task": DYNAMIC,
        "metadata": DYNAMIC,
        "application_packages": DYNAMIC,
        "mount_configuration": DYNAMIC,
    }


class SupportedImagesData(Block):
    """The images that an account's service supports, with the agents that fit."""

    account_id: Annotated[str, ACCOUNT_ID]
    os_type: Annotated[str | None, choice("linux", "windows")] = None
    verification_type: Annotated[str | None, choice("verified", "unverified")] = None
    computed: ClassVar[ComputedTypes] = {"images": ListType(_IMAGE)}


class VmSizesData(Block):
    """The VM sizes that Batch offers in a region."""

    location: Annotated[str, LOCATION]
    family: Annotated[str | None, matching(r"\S.*", "the name of a family of sizes")] = None
    computed: ClassVar[ComputedTypes] = {"sizes": ListType(_SIZE), "names": ListType(STRING)}


class LocationQuotaData(Block):
    """How many accounts a subscription may have in a region."""

    location: Annotated[str, LOCATION]
    computed: ClassVar[ComputedTypes] = {"account_quota": NUMBER}
