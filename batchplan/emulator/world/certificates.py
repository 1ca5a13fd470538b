"""Certificates of an account, for the api-versions that have them (until 2024-07-01).

The service refuses new ones since 2024-02-29. Here they go on as recorded until then, so that clients
of those versions, and pools that name certificates, find what they knew.
"""

import base64
import binascii

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Account, Json
from batchplan.emulator.world.core import Handler, World

DELETION = 5.0  # seconds; not recorded
FORMATS = {"pfx": "Pfx", "cer": "Cer"}


def name_of(algorithm: str, thumbprint: str) -> str:
    """Return a certificate's key and ARM name; the service writes it in lower case."""
    return f"{algorithm}-{thumbprint}".lower()


def find(account: Account, name: str) -> Json:
    """Return a certificate by `algorithm-thumbprint` in any case; raise 404 CertificateNotFound."""
    found = account.certificates.get(name.lower())
    if found is None:
        raise refuse("CertificateNotFound", message="The specified certificate does not exist.", status=404)
    return found


def put(world: World, account: Account, given: Json) -> Json:
    """Add a certificate or replace it, and return it.

    `given` has thumbprint, thumbprintAlgorithm, data (base64), format and password as sent. What is given
    as it is already changes nothing, the tag neither (recorded).
    """
    algorithm, thumbprint = str(given["thumbprintAlgorithm"]).lower(), str(given["thumbprint"]).lower()
    if algorithm != "sha1":
        raise invalid_property("thumbprintAlgorithm", algorithm, "The only supported algorithm is sha1")
    name = name_of(algorithm, thumbprint)
    existing = account.certificates.get(name)
    if existing is not None and existing["state"] == "deleting":
        raise refuse("CertificateBeingDeleted", message="The specified certificate is being deleted.", status=409)
    form = str(given.get("format") or "pfx").lower()
    fresh = {
        "thumbprint": thumbprint,
        "algorithm": algorithm,
        "format": form,
        "public": _public(str(given.get("data") or ""), str(given.get("password") or ""), form),
    }
    if existing is not None and all(existing.get(key) == value for key, value in fresh.items()):
        return existing
    now = world.stamp()
    changed = existing["changed"] if existing else now
    certificate = {**(existing or {}), **fresh, "modified": now, "state": "active", "changed": changed}
    account.certificates[name] = certificate
    _touch(world, account)
    return certificate


def require_new(account: Account, algorithm: str, thumbprint: str) -> None:
    """Raise 409 CertificateExists when the account has the certificate, on its way out or not."""
    if name_of(algorithm, thumbprint) in account.certificates:
        raise refuse("CertificateExists", message="The specified certificate already exists.", status=409)


def require(account: Account, references: list[Json] | None) -> None:
    """Raise 409 InvalidCertificateReferences unless the account has each certificate named."""
    for each in references or []:
        if name_of(str(each["thumbprintAlgorithm"]), str(each["thumbprint"])) not in account.certificates:
            sentence = "One or more of the specified certificate references are invalid."
            raise refuse("InvalidCertificateReferences", message=sentence, status=409)


def delete(world: World, account: Account, name: str) -> Json:
    """Begin to delete a certificate; the deletion fails later while a pool names it."""
    certificate = find(account, name)
    if certificate["state"] == "deleting":
        raise refuse("CertificateBeingDeleted", message="The specified certificate is being deleted.", status=409)
    certificate["modified"] = world.stamp()
    _move(world, certificate, "deleting")
    certificate.pop("error", None)
    _touch(world, account)
    world.after(DELETION, "certificate.gone", account.name.lower(), name.lower(), certificate["modified"])
    return certificate


def cancel_delete(world: World, account: Account, name: str) -> Json:
    """Make a certificate whose deletion failed active again; an active one stays as it is, its tag too (recorded)."""
    certificate = find(account, name)
    if certificate["state"] == "deletefailed":
        certificate["modified"] = world.stamp()
        _move(world, certificate, "active")
        certificate.pop("error", None)
        _touch(world, account)
    return certificate


def on_gone(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a deletion."""
    owner, name, begun = str(args[0]), str(args[1]), args[2]
    account = world.accounts.get((owner,))
    certificate = account.certificates.get(name) if account else None
    if account is None or certificate is None or certificate["state"] != "deleting" or certificate["modified"] != begun:
        return
    users = [pool.id for key, pool in sorted(world.pools.items()) if key[0] == owner and named(pool.spec, name)]
    if users:
        _move(world, certificate, "deletefailed")
        certificate["error"] = {
            "code": "PoolsReferencingCertificate",
            "message": "The specified certificate is being used by the below mentioned pool(s)",
            "values": [{"name": "Pools", "value": ",".join(users)}],
        }
    else:
        del account.certificates[name]
    _touch(world, account)


def named(spec: Json, name: str) -> bool:
    """Tell whether a pool's spec refers to a certificate."""
    references = spec.get("certificateReferences") or []
    return any(name == name_of(str(each["thumbprintAlgorithm"]), str(each["thumbprint"])) for each in references)


HANDLERS: dict[str, Handler] = {"certificate.gone": on_gone}


def _public(data: str, password: str, form: str) -> str | None:
    """Return the public part in base64; None when it cannot be told from the data."""
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise invalid_property("data", None, "The value is not a valid base64 string") from None
    try:
        if form == "pfx":
            certificate = pkcs12.load_key_and_certificates(raw, password.encode() or None)[1]
        else:
            certificate = x509.load_der_x509_certificate(raw)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode() if certificate else None


def _move(world: World, certificate: Json, state: str) -> None:
    certificate["previous"], certificate["previous_changed"] = certificate["state"], certificate["changed"]
    certificate["state"], certificate["changed"] = state, world.now


def _touch(world: World, account: Account) -> None:
    world.touch("accounts", (account.name.lower(),))
