"""What a body may not name: images, certificates and subnets that cannot be."""

from batchplan.emulator.dataplane.call import Call
from batchplan.emulator.errors import invalid_property
from batchplan.emulator.images import require_image
from batchplan.emulator.model import Json
from batchplan.emulator.wire.versions import at_least
from batchplan.emulator.world import certificates

_NO_MANAGED_IMAGES = "2024-02-01"


def pool(call: Call, spec: Json) -> None:
    """Refuse a pool's body, or a change of one."""
    subnet = (spec.get("networkConfiguration") or {}).get("subnetId")
    if subnet:
        _subnet(call, subnet)
    _image(call, spec)
    certificates.require(call.account, spec.get("certificateReferences"))


def auto_pool(call: Call, specification: Json) -> None:
    """Refuse a job, or the specification of a schedule's jobs, for its auto pool's image.

    The rest shows only when the pool is made (recorded: a job whose auto pool names a certificate is created).
    """
    auto = specification.get("poolInfo", {}).get("autoPoolSpecification") or {}
    _image(call, auto.get("pool") or {})


def _image(call: Call, spec: Json) -> None:
    reference = (spec.get("virtualMachineConfiguration") or {}).get("imageReference")
    if reference:
        require_image(reference, managed=not at_least(call.version, _NO_MANAGED_IMAGES))


def _subnet(call: Call, subnet: str) -> None:
    parts = subnet.strip("/").split("/")
    own = call.account.subscription
    if parts[0].lower() == "subscriptions" and len(parts) > 1 and parts[1].lower() != own.lower():
        reason = (
            "The specified subnetId is in a different subscription and cannot be used with the current "
            f"Batch account in subscription {own}"
        )
        raise invalid_property("subnetId", subnet, reason)
