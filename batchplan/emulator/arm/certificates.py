"""Certificates of accounts on ARM, until api-version 2024-07-01."""

from batchplan.emulator import ticks
from batchplan.emulator.arm import polling
from batchplan.emulator.arm.call import Call, document, empty, listing, tagged, weak
from batchplan.emulator.arm.route import ACCOUNT, Route
from batchplan.emulator.arm.versions import BATCH
from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Account, Json
from batchplan.emulator.wire import conditions
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import certificates
from batchplan.emulator.world.accounts import resource_id

_STATES = {"active": "Succeeded", "deleting": "Deleting", "deletefailed": "Failed"}


def list_certificates(call: Call) -> Reply:
    """Return the certificates of an account by name."""
    account = call.account()
    entries = [((key,), each) for key, each in sorted(account.certificates.items())]
    return listing(call, entries, lambda each: _shown(call, account, each))


def get_certificate(call: Call) -> Reply:
    """Return a certificate; its secret part is never shown."""
    account = call.account()
    return _answer(call, account, certificates.find(account, call.names["certificate"]))


def put_certificate(call: Call) -> Reply:
    """Add a certificate or replace it. Its name is its algorithm and thumbprint."""
    account = call.account("certificates")
    name = call.names["certificate"]
    existing = account.certificates.get(name.lower())
    _check(call, existing)
    given = call.body("Certificate").get("properties", {})
    if not given.get("data"):
        raise refuse("MissingRequiredProperty", ("PropertyName", "data"))
    return _answer(call, account, certificates.put(call.world, account, _named(name, given)))


def patch_certificate(call: Call) -> Reply:
    """Change a certificate; what is given as it is leaves the tag alone."""
    account = call.account()
    name = call.names["certificate"]
    found = certificates.find(account, name)
    _check(call, found)
    given = call.body("Certificate").get("properties", {})
    if given.get("data"):
        found = certificates.put(call.world, account, _named(name, {"format": found["format"], **given}))
    return _answer(call, account, found)


def delete_certificate(call: Call) -> Reply:
    """Begin to delete a certificate; 204 when there is none."""
    account, name = call.account(), call.names["certificate"].lower()
    if name not in account.certificates:
        return empty(204)
    certificates.delete(call.world, account, name)
    return polling.accepted(call, f"{resource_id(account)}/certificateOperationResults/delete-{name}")


def cancel_delete(call: Call) -> Reply:
    """Make a certificate active whose deletion has failed."""
    account = call.account()
    return _answer(call, account, certificates.cancel_delete(call.world, account, call.names["certificate"]))


def poll(call: Call) -> Reply:
    """Answer how a deletion is going: 202 until it is over."""
    account = call.account()
    name = call.names["operation"].lower().removeprefix("delete-")
    if _going(account, name):
        polling.pass_time(call.world)
    return polling.again(call) if _going(account, name) else empty(200)


def _going(account: Account, name: str) -> bool:
    found = account.certificates.get(name)
    return found is not None and found["state"] == "deleting"


def _check(call: Call, existing: Json | None) -> None:
    if existing is not None:
        conditions.check(call.request.headers, call.request.method, existing["modified"])
    elif call.request.headers.get("if-match"):
        raise refuse("ConditionNotMet")


def _named(name: str, given: Json) -> Json:
    """Return the properties with algorithm and thumbprint, which the name says too."""
    algorithm, _, thumbprint = name.partition("-")
    whole = {"thumbprintAlgorithm": algorithm, "thumbprint": thumbprint} | given
    if certificates.name_of(str(whole["thumbprintAlgorithm"]), str(whole["thumbprint"])) != name.lower():
        raise invalid_property("thumbprint", whole["thumbprint"], "The value does not match the name of the resource")
    return whole


def _answer(call: Call, account: Account, certificate: Json) -> Reply:
    return document(200, _shown(call, account, certificate), tagged(certificate["modified"]))


def _shown(call: Call, account: Account, certificate: Json) -> Json:
    name = certificates.name_of(certificate["algorithm"], certificate["thumbprint"])
    properties: Json = {
        "provisioningState": _STATES[certificate["state"]],
        "provisioningStateTransitionTime": ticks.isoformat(certificate["changed"]),
    }
    if "previous" in certificate:
        properties["previousProvisioningState"] = _STATES[certificate["previous"]]
        properties["previousProvisioningStateTransitionTime"] = ticks.isoformat(certificate["previous_changed"])
    properties |= {
        "format": certificates.FORMATS[certificate["format"]],
        "thumbprint": certificate["thumbprint"],
        "thumbprintAlgorithm": certificate["algorithm"],
        "publicData": certificate["public"],
    }
    if "error" in certificate:
        error = certificate["error"]
        details = [{"code": each["name"], "message": each["value"]} for each in error["values"]]
        properties["deleteCertificateError"] = {
            "code": error["code"],
            "message": error["message"],
            "target": "BatchAccount",
            "details": details,
        }
    resource: Json = {
        "id": f"{resource_id(account)}/certificates/{name}",
        "name": name,
        "type": "Microsoft.Batch/batchAccounts/certificates",
        "etag": weak(certificate["modified"]),
        "properties": properties,
    }
    return call.show("Certificate", resource)


_UNTIL = tuple(each for each in BATCH if each <= "2024-07-01")
_ONE = f"{ACCOUNT}/certificates/{{certificate}}"
ROUTES = (
    Route("GET", f"{ACCOUNT}/certificates", list_certificates, _UNTIL),
    Route("PUT", _ONE, put_certificate, _UNTIL),
    Route("GET", _ONE, get_certificate, _UNTIL),
    Route("PATCH", _ONE, patch_certificate, _UNTIL),
    Route("DELETE", _ONE, delete_certificate, _UNTIL),
    Route("POST", f"{_ONE}/cancelDelete", cancel_delete, _UNTIL),
    Route("GET", f"{ACCOUNT}/certificateOperationResults/{{operation}}", poll, _UNTIL),
)
