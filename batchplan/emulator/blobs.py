"""Uploads of application packages: storage accounts at the emulator's own address, `/{storage}/{container}/{version}`.

Nothing here runs a package, so what is uploaded is checked as storage checks it and not kept.
"""

import base64
import hashlib
import re
from urllib.parse import quote

from batchplan.emulator import ticks
from batchplan.emulator.model import Account, ApplicationPackage
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.world.core import World

LIFETIME = ticks.seconds(4 * 3600)
START = ticks.seconds(5 * 60)  # before the call, against clocks that differ
_PATH = re.compile(r"/(?P<storage>[^/]+)/app-(?P<application>[^/]+)-(?P<folder>[0-9a-f]{32})/(?P<version>[^/]+)")
_ERROR = '<?xml version="1.0" encoding="utf-8"?><Error><Code>{}</Code><Message>{}</Message></Error>'


def upload_url(world: World, account: Account, package: ApplicationPackage, base: str) -> tuple[str, int]:
    """Return where the zip of a package is uploaded to, signed, and when the signature ends. It is new in each second."""
    storage = account.properties.get("autoStorage", {}).get("storageAccountId", "").rpartition("/")[2]
    folder = _folder(account.name, package.application)
    begins, ends = (_second(each) for each in (world.now - START, world.now + LIFETIME))
    signature = _signature(world, folder, package.version, ends)
    query = f"sv=2018-03-28&sr=b&sig={quote(signature, safe='')}&st={quote(begins)}&se={quote(ends)}&sp=rw"
    url = f"{base}/{storage}/app-{package.application.lower()}-{folder}/{package.version}?{query}"
    return url, world.now + LIFETIME


def handle(world: World, request: Request) -> Reply | None:
    """Return the answer to a request to storage, or None when the path is none of ours."""
    found = _PATH.fullmatch(request.path)
    if found is None:
        return None
    if request.method != "PUT":
        return _refused(405, "UnsupportedHttpVerb", "The resource does not support the specified HTTP verb.")
    if not _allowed(world, request, found["folder"], found["version"]):
        text = "Server failed to authenticate the request. Make sure the signature is formed correctly."
        return _refused(403, "AuthenticationFailed", text)
    if not any(_folder(account, application) == found["folder"] for account, application in _applications(world)):
        return _refused(404, "ContainerNotFound", "The specified container does not exist.")
    return _written(world, request)


def _written(world: World, request: Request) -> Reply:
    part = request.query.get("comp", "")
    if part not in {"", "block", "blocklist"} or (part == "block" and not request.query.get("blockid")):
        return _refused(400, "InvalidQueryParameterValue", "Value for one of the query parameters is invalid.")
    if not part and request.headers.get("x-ms-blob-type", "").lower() != "blockblob":
        return _refused(
            400, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified."
        )
    digest = hashlib.md5(request.body, usedforsecurity=False).digest()
    headers = {"Content-MD5": base64.b64encode(digest).decode(), "x-ms-request-server-encrypted": "true"}
    if part != "block":
        headers |= {"ETag": f'"0x{world.stamp():X}"', "Last-Modified": ticks.http_date(world.now)}
    return Reply(201, headers)


def _allowed(world: World, request: Request, folder: str, version: str) -> bool:
    ends = request.query.get("se", "")
    try:
        expired = ticks.parse_iso(ends) < world.now
    except ValueError:
        return False
    return not expired and request.query.get("sig") == _signature(world, folder, version, ends)


def _applications(world: World) -> set[tuple[str, str]]:
    return {(each.account, each.application) for each in world.packages.values()}


def _folder(account: str, application: str) -> str:
    text = f"{account.lower()}/{application.lower()}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _signature(world: World, folder: str, version: str, ends: str) -> str:
    return hashlib.sha256(f"{world.seed}/{folder}/{version}/{ends}".encode()).hexdigest()[:43] + "="


def _second(moment: int) -> str:
    return ticks.isoformat(moment - moment % ticks.PER_SECOND)


def _refused(status: int, code: str, message: str) -> Reply:
    content = _ERROR.format(code, message).encode()
    return Reply(status, {"Content-Type": "application/xml", "x-ms-error-code": code}, content)
