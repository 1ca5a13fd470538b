"""What older api-versions offered and the service has retired."""

from batchplan.emulator.dataplane.call import Call, shown
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.wire.http import Reply


def lifetime_statistics(call: Call) -> Reply:  # noqa: ARG001
    """GET /lifetimepoolstats and /lifetimejobstats (recorded: 400, not 404)"""
    raise ServiceError(400, "LifetimeStatsAPIRetired", "Lifetime statistics API was retired on 04/30/2023")


def list_certificates(call: Call) -> Reply:
    """GET /certificates: there are none since the feature was retired"""
    return shown(call, "certificates", {"value": []})


def no_certificate(call: Call) -> Reply:  # noqa: ARG001
    """GET, DELETE and canceldelete of a certificate"""
    raise refuse("CertificateNotFound", message="The specified certificate does not exist.", status=404)


def add_certificate(call: Call) -> Reply:  # noqa: ARG001
    """POST /certificates; retired on 2024-02-29, its answer since then is not recorded"""
    raise ServiceError(400, "CertificatesAPIRetired", "Certificates were retired on 02/29/2024")


def remote_desktop(call: Call) -> Reply:  # noqa: ARG001
    """GET .../rdp: was for the nodes of cloud services only"""
    reason = "Operation rdp can be invoked only on pools created with cloudServiceConfiguration"
    raise refuse("OperationNotValidOnNode", ("Reason", reason))
