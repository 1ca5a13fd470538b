"""What older api-versions offered and the service has retired."""

from batchplan.emulator.dataplane.call import Call
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.wire.http import Reply


def lifetime_statistics(call: Call) -> Reply:  # noqa: ARG001
    """GET /lifetimepoolstats and /lifetimejobstats (recorded: 400, not 404)"""
    raise ServiceError(400, "LifetimeStatsAPIRetired", "Lifetime statistics API was retired on 04/30/2023")


def remote_desktop(call: Call) -> Reply:  # noqa: ARG001
    """GET .../rdp: was for the nodes of cloud services only"""
    reason = "Operation rdp can be invoked only on pools created with cloudServiceConfiguration"
    raise refuse("OperationNotValidOnNode", ("Reason", reason))
