"""What went wrong, in the six words of `ports`: every exception of the SDKs is mapped here, once.

Statuses and codes decide, never classes: with a condition in the request the Batch client raises
ResourceModifiedError or ResourceNotFoundError whatever the status was.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from batchplan.ports import AzureError, Conflict, Forbidden, NotFound, Rejected, Throttled, Unreachable

_TRAILER = re.compile(r"\s*\bRequestId:\s*(\S+)\s+Time:\s*(\S+)\s*$")
_BUSY = frozenset({"TooManyEnableAutoScaleRequests", "TooManyRequests", "SubscriptionRequestsThrottled"})
_BY_STATUS: Mapping[int, type[AzureError]] = {
    304: Conflict,
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    408: Unreachable,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    429: Throttled,
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise AzureError in the place of what the SDKs, and the HTTP client below them, raise."""
    import aiohttp
    from azure.core.exceptions import AzureError as SdkError
    from azure.core.exceptions import DeserializationError, SerializationError

    try:
        yield
    except (SdkError, SerializationError, DeserializationError, aiohttp.ClientError, TimeoutError) as error:
        raise translate(error) from error


def translate(error: Exception) -> AzureError:
    """Return the AzureError for an exception of the SDKs."""
    from azure.core.exceptions import ClientAuthenticationError, SerializationError

    response = getattr(error, "response", None)
    status = int(getattr(error, "status_code", None) or getattr(response, "status_code", None) or 0)
    if status >= 300:
        return refusal(status, _document(response), _reason(error))
    if isinstance(error, ClientAuthenticationError):
        return Forbidden(_reason(error), code="NoCredential", status=status)
    if isinstance(error, SerializationError):
        return Rejected(_reason(error), status=status)
    return Unreachable(_reason(error), status=status)


def refusal(status: int, document: Any, reason: str = "") -> AzureError:
    """Return the AzureError for an answer: its status, and its body as JSON where it was that."""
    body = document if isinstance(document, Mapping) else {}
    inner = body.get("error")
    error = inner if isinstance(inner, Mapping) else body
    code = str(error.get("code") or (inner if isinstance(inner, str) else "") or "")
    text, trailer = _sentence(error.get("message") or body.get("error_description") or reason)
    values = [*_values(error), *trailer]
    kind = Throttled if code in _BUSY else _BY_STATUS.get(status, Unreachable if status >= 500 else Rejected)
    return kind(text or f"Azure answered with status {status}", code=code, values=values, status=status)


def _document(response: Any) -> Any:
    """Return the body as JSON, None when it is something else or was not read."""
    try:
        return response.json()
    except Exception:  # noqa: BLE001 - whatever the body is, the status tells what happened
        return None


def _reason(error: Exception) -> str:
    return str(getattr(error, "message", "") or error or type(error).__name__).strip()


def _sentence(message: Any) -> tuple[str, Sequence[tuple[str, str]]]:
    """Return the message without the request id and time at its end, and these as values."""
    text = str(message.get("value", "")) if isinstance(message, Mapping) else str(message)
    found = _TRAILER.search(text)
    if found is None:
        return text.strip(), ()
    return text[: found.start()].strip(), (("RequestId", found[1]), ("Time", found[2]))


def _values(error: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what an error tells besides: the data plane's values, ARM's target and details, nested ones too."""
    for pair in error.get("values") or ():
        yield str(pair.get("key", "")), str(pair.get("value", ""))
    if error.get("target") and error["target"] != "BatchAccount":
        yield "target", str(error["target"])
    for detail in error.get("details") or ():
        if isinstance(detail, Mapping):
            yield str(detail.get("code", "")), _sentence(detail.get("message", ""))[0]
            yield from _values({name: detail[name] for name in ("values", "details") if name in detail})
