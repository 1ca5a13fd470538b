"""Operations on certificates, until api-version 2024-07-01.20.0. They have no ETag."""

import re

from batchplan.emulator import ticks
from batchplan.emulator.dataplane.call import Call, created, entity, listing, written
from batchplan.emulator.dataplane.views import time
from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Json
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import certificates

_KEYS = re.compile(r"thumbprintAlgorithm=(\w+),\s*thumbprint=(\w+)", re.IGNORECASE)


def create(call: Call) -> Reply:
    """POST /certificates"""
    body = call.body("Certificate")
    certificates.require_new(call.account, body["thumbprintAlgorithm"], body["thumbprint"])
    given = {**body, "format": body.get("certificateFormat")}
    made = certificates.put(call.world, call.account, given)
    return created(call, None, location=_url(call, made))


def list_all(call: Call) -> Reply:
    """GET /certificates"""
    entries = [((key,), each) for key, each in sorted(call.account.certificates.items())]
    return listing(call, "certificates", "Certificate", entries, lambda each: _view(call, each))


def get(call: Call) -> Reply:
    """GET /certificates(thumbprintAlgorithm={algorithm},thumbprint={thumbprint})"""
    found = certificates.find(call.account, _name(call))
    return entity(call, "certificates/@Element", "Certificate", _view(call, found))


def delete(call: Call) -> Reply:
    """DELETE /certificates(...)"""
    certificates.delete(call.world, call.account, _name(call))
    return written(call, 202, traced=False)


def cancel_delete(call: Call) -> Reply:
    """POST /certificates(...)/canceldelete"""
    found = certificates.find(call.account, _name(call))
    if found["state"] == "active":
        raise refuse("CertificateStateActive", message="The specified certificate is in active state.", status=409)
    certificates.cancel_delete(call.world, call.account, _name(call))
    return written(call, 204)


def _name(call: Call) -> str:
    found = _KEYS.fullmatch(call.args["certificate"])
    if found is None:
        raise refuse("ResourceNotFound")
    return certificates.name_of(*found.groups())


def _url(call: Call, certificate: Json) -> str:
    keys = f"thumbprintAlgorithm={certificate['algorithm']},thumbprint={certificate['thumbprint']}"
    return f"{call.request.base_url}/certificates({keys})"


def _view(call: Call, certificate: Json) -> Json:
    view: Json = {
        "thumbprint": certificate["thumbprint"],
        "thumbprintAlgorithm": certificate["algorithm"],
        "url": _url(call, certificate),
        "state": certificate["state"],
        "stateTransitionTime": ticks.isoformat(certificate["changed"]),
        "previousState": certificate.get("previous"),
        "previousStateTransitionTime": time(certificate.get("previous_changed")),
        "publicData": certificate["public"],
        "deleteCertificateError": certificate.get("error"),
    }
    return {name: value for name, value in view.items() if value is not None}
