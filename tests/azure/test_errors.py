"""Every failure has one of six words, and nothing that Azure said is lost."""

import json
from types import SimpleNamespace
from typing import Any

import aiohttp
import azure.core.exceptions
import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceModifiedError,
    ResourceNotFoundError,
    ServiceRequestError,
)

from batchplan.azure.errors import refusal, translate, translated
from batchplan.ports import AzureError, Conflict, Forbidden, NotFound, Rejected, Throttled, Unreachable


def answer(status: int, body: Any = None) -> Any:
    """Return what the SDKs' exceptions need of a response."""
    text = json.dumps(body) if body is not None else ""
    return SimpleNamespace(
        status_code=status,
        reason="reason",
        headers={},
        content_type="application/json",
        body=text.encode,
        text=lambda encoding=None: text,
        json=lambda: json.loads(text),
        request=SimpleNamespace(method="GET", url="https://x"),
        internal_response=None,
    )


CLASSES = [one for one in vars(azure.core.exceptions).values() if isinstance(one, type) and issubclass(one, Exception)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_exception_of_the_sdk_is_translated(kind: type[Exception]) -> None:
    """Whatever the SDKs' core can raise leaves the adapter as one of the six, never as itself or as the bare class."""
    exception = kind.__new__(kind)
    Exception.__init__(exception, "broken")
    exception.message = "broken"  # type: ignore[attr-defined]
    with pytest.raises(AzureError) as raised, translated():
        raise exception
    assert type(raised.value) in {NotFound, Conflict, Throttled, Forbidden, Rejected, Unreachable}
    assert raised.value.__cause__ is exception


STATUSES = [
    (304, Conflict),
    (400, Rejected),
    (401, Forbidden),
    (403, Forbidden),
    (404, NotFound),
    (405, Rejected),
    (408, Unreachable),
    (409, Conflict),
    (411, Rejected),
    (412, Conflict),
    (413, Rejected),
    (416, Rejected),
    (429, Throttled),
    (500, Unreachable),
    (502, Unreachable),
    (503, Unreachable),
    (504, Unreachable),
]


@pytest.mark.parametrize("kind", [HttpResponseError, ResourceModifiedError, ResourceNotFoundError])
@pytest.mark.parametrize(("status", "expected"), STATUSES)
def test_the_status_decides(status: int, expected: type[AzureError], kind: type[HttpResponseError]) -> None:
    """The status decides, whatever class the SDK has chosen."""
    found = translate(kind(response=answer(status, {"error": {"code": "C", "message": "m"}})))
    assert type(found) is expected
    assert (found.status, found.code, found.message) == (status, "C", "m")
    assert found.retryable == (expected in {Throttled, Unreachable})


def test_a_code_of_too_many_calls_is_throttling() -> None:
    """503 with a code that says too many calls is throttling."""
    assert type(refusal(503, {"code": "TooManyEnableAutoScaleRequests", "message": {"value": "m"}})) is Throttled


def test_data_plane_values_are_kept() -> None:
    """Code, sentence and every value of a data plane error are there; its request id is a value."""
    body = {
        "code": "InvalidPropertyValue",
        "message": {"lang": "en-US", "value": "The value is invalid.\nRequestId:abc-1\nTime:2024-04-18T00:32:06.57Z"},
        "values": [{"key": "PropertyName", "value": "vmSize"}, {"key": "Reason", "value": "unknown"}],
    }
    found = translate(HttpResponseError(response=answer(400, body)))
    assert (found.code, found.message) == ("InvalidPropertyValue", "The value is invalid.")
    assert found.values == (
        ("PropertyName", "vmSize"),
        ("Reason", "unknown"),
        ("RequestId", "abc-1"),
        ("Time", "2024-04-18T00:32:06.57Z"),
    )


def test_arm_details_are_kept() -> None:
    """ARM's details are values, nested ones too; the target is one when it says something."""
    body = {
        "error": {
            "code": "Bad",
            "message": "m",
            "target": "vmSize",
            "details": [{"code": "Reason", "message": "r", "details": [{"code": "Inner", "message": "i"}]}],
        }
    }
    found = translate(HttpResponseError(response=answer(400, body)))
    assert found.values == (("target", "vmSize"), ("Reason", "r"), ("Inner", "i"))


OTHERS = [
    pytest.param(ServiceRequestError("no route"), Unreachable, id="no-connection"),
    pytest.param(ClientAuthenticationError(message="no token"), Forbidden, id="no-token"),
    pytest.param(aiohttp.ClientPayloadError("cut"), Unreachable, id="cut-body"),
    pytest.param(TimeoutError("late"), Unreachable, id="timeout"),
    pytest.param(HttpResponseError(response=answer(502)), Unreachable, id="no-body"),
]


@pytest.mark.parametrize(("exception", "expected"), OTHERS)
def test_failures_without_an_error_document(exception: Exception, expected: type[AzureError]) -> None:
    """What has no error document is told by what happened."""
    with pytest.raises(expected) as raised, translated():
        raise exception
    assert raised.value.message
