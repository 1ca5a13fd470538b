"""Shared-key authorization of the data plane.

`Authorization: SharedKey {account}:{signature}`; the signature is the base64 HMAC-SHA256, under an account
key, of the method, eleven standard headers, the `ocp-` headers, the path and the query. Source: Microsoft
Learn, "Authenticate requests to the Azure Batch service", and the string azure-batch 15.1.0 signs.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Account
from batchplan.emulator.wire.http import Request

STANDARD_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
MAX_SKEW = timedelta(minutes=15)


def verify(account: Account, request: Request, now: datetime) -> None:
    """Raise 403 AuthenticationFailed unless a request is signed with a key of the account.

    `now` is real time, aware: the signed date may differ by 15 minutes at most. An account whose
    allowedAuthenticationModes lack SharedKey accepts no key.
    """
    modes = account.properties.get("allowedAuthenticationModes")
    if modes is not None and "sharedkey" not in {str(mode).lower() for mode in modes}:
        raise _failed("Shared key authentication is not allowed for this account")
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    name, _, signature = rest.strip().partition(":")
    if scheme.lower() != "sharedkey" or not signature:
        raise _failed("The Authorization header is not of the form SharedKey account:signature")
    if name.lower() != account.name.lower():
        raise _failed("The account name of the Authorization header is not that of the host")
    _check_date(request.headers, now)
    texts = {string_to_sign(request, name, fold=fold, zero=zero) for fold in (False, True) for zero in (False, True)}
    possible = [sign(key, text.encode()) for key in account.keys.values() for text in texts]
    if not any(hmac.compare_digest(signature.encode(), one.encode()) for one in possible):
        raise _failed("The signature does not match the one computed from the request")


def sign(key: str, text: bytes) -> str:
    """Return the signature of a string under a base64 key."""
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        secret = key.encode()
    return base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()


def string_to_sign(request: Request, account: str, *, fold: bool = False, zero: bool = True) -> str:
    """Return what is signed of a request. A parameter without a value is not part of it, nor a second value.

    Clients differ in whether they lower the names of parameters before they sort and sign them (`fold`), and
    in whether the length of an empty body is signed as `0` (`zero`): JavaScript's does so for POST only.
    """
    headers = dict(request.headers)
    if headers.get("content-length", "0") in {"", "0"}:
        headers["content-length"] = "0" if zero and request.method not in {"GET", "HEAD"} else ""
    lines = [request.method, *(headers.get(name, "") for name in STANDARD_HEADERS)]
    lines += [f"{name}:{value}" for name, value in sorted(headers.items()) if name.startswith("ocp-") and value]
    lines.append(f"/{account}{request.raw_path.partition('?')[0]}")
    first: dict[str, str] = {}
    for name, value in request.raw_query:
        if value:
            first.setdefault(name.lower() if fold else name, value)
    lines += [f"{name}:{first[name]}" for name in sorted(first)]
    return "\n".join(lines)


def _check_date(headers: Mapping[str, str], now: datetime) -> None:
    text = headers.get("ocp-date") or headers.get("date") or ""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        raise _failed("The request names no valid date in ocp-date or date") from None
    if abs((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now) > MAX_SKEW:
        raise _failed("The date of the request is too far from the present")


def _failed(reason: str) -> ServiceError:
    return refuse("AuthenticationFailed", ("AuthenticationErrorDetail", reason))
