"""Certificates of accounts: gone from the api with 2025-06-01, retired before that on 2024-02-29.

Older api-versions still have the operations; here, as on the service since, there is nothing to find
and nothing to add.
"""

from batchplan.emulator.arm.call import Call, document, empty
from batchplan.emulator.arm.route import ACCOUNT, Route
from batchplan.emulator.arm.versions import BATCH
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.wire.http import Reply


def list_certificates(call: Call) -> Reply:
    """Return no certificates."""
    call.account()
    return document(200, {"value": []})


def add_certificate(call: Call) -> Reply:
    """Refuse a new certificate."""
    call.account("certificates")
    raise ServiceError(400, "CertificateRetired", "Certificates were retired on 02/29/2024")


def no_certificate(call: Call) -> Reply:
    """Refuse what names a certificate: there is none."""
    call.account()
    raise refuse("CertificateNotFound", message="The specified certificate does not exist.", status=404)


def delete_certificate(call: Call) -> Reply:
    """Answer that there was none."""
    call.account()
    return empty(204)


_UNTIL = tuple(each for each in BATCH if each <= "2024-07-01")
_ONE = f"{ACCOUNT}/certificates/{{certificate}}"
ROUTES = (
    Route("GET", f"{ACCOUNT}/certificates", list_certificates, _UNTIL),
    Route("PUT", _ONE, add_certificate, _UNTIL),
    Route("GET", _ONE, no_certificate, _UNTIL),
    Route("PATCH", _ONE, no_certificate, _UNTIL),
    Route("DELETE", _ONE, delete_certificate, _UNTIL),
    Route("POST", f"{_ONE}/cancelDelete", no_certificate, _UNTIL),
)
