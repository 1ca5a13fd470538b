"""Paging, conditional headers, JSON layout, shared keys."""

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from azure.batch._patch import BatchSharedKeyAuthPolicy
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.pipeline.transport import HttpRequest

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Account
from batchplan.emulator.wire import conditions, layout, paging, sharedkey
from batchplan.emulator.wire.http import Request

MODIFIED = ticks.parse_iso("2024-04-18T00:32:06.5795656Z")
TAG = ticks.etag(MODIFIED)


def _request(method="GET", url="https://a.b.batch.azure.com/pools", headers=None, body=b""):
    parts = urlsplit(url)
    pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Request(
        method=method,
        path=parts.path,
        raw_path=parts.path,
        query={name.lower(): value for name, value in pairs},
        raw_query=pairs,
        headers={name.lower(): value for name, value in (headers or {}).items()},
        body=body,
        base_url=f"{parts.scheme}://{parts.netloc}",
    )


ENTRIES = [((f"p{n}",), n) for n in range(5)]


def test_pages_go_on_where_they_stopped() -> None:
    """Following `odata.nextLink` shows everything once, and the last page has none."""
    url, seen, pages = "https://a.b.batch.azure.com/pools?api-version=2025-06-01&maxResults=2", [], 0
    while url:
        request = _request(url=url)
        page = paging.cut(request, ENTRIES, lambda n: {"n": n}, paging.max_results(request))
        seen += [item["n"] for item in page.value]
        url, pages = page.next_link, pages + 1
        assert url is None or url.startswith(
            "https://a.b.batch.azure.com/pools?api-version=2025-06-01&maxResults=2&$skiptoken=WATV2:"
        )
    assert (seen, pages) == ([0, 1, 2, 3, 4], 3)


def test_no_empty_page_follows() -> None:
    """There is no next page when nothing that passes the filter is left."""
    request = _request()
    page = paging.cut(request, ENTRIES, lambda n: {"n": n} if n < 2 else None, 2)
    assert page.next_link is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-5", "MaxResults cannot be less than 1"),
        ("0", "MaxResults cannot be less than 1"),
        ("1001", "1000"),
        ("x", "integer"),
        ("9" * 500, "1000"),
    ],
)
def test_page_sizes_are_checked(text, reason) -> None:
    """A page size outside 1 to 1000 is refused as recorded."""
    with pytest.raises(ServiceError) as caught:
        paging.max_results(_request(url=f"https://h/pools?maxResults={text}"))
    assert caught.value.details[0] == ("QueryParameterName", "maxresults")
    assert reason in caught.value.details[2][1]


@pytest.mark.parametrize(
    "token", ["x", "WATV2:!!:1$1", "WATV2:eyJh:1$1", "WATV2:" + base64.b64encode(b'{"a":1}').decode() + ":1$1"]
)
def test_bad_tokens_are_refused(token) -> None:
    """A continuation token that is none of ours is a bad query parameter."""
    with pytest.raises(ServiceError, match="InvalidQueryParameterValue"):
        paging.cut(_request(url=f"https://h/pools?$skiptoken={token}"), ENTRIES, lambda n: {"n": n}, 2)


BEFORE, AFTER = "Thu, 18 Apr 2024 00:32:05 GMT", "Thu, 18 Apr 2024 00:32:07 GMT"
SAME = ticks.http_date(MODIFIED)
CONDITIONS = {
    "tag": ("GET", {"if-match": TAG}, None),
    "quoted tag": ("PATCH", {"if-match": f'"{TAG}"'}, None),
    "weak tag": ("PATCH", {"if-match": f'W/"{TAG}"'}, None),
    "any": ("DELETE", {"if-match": "*"}, None),
    "one of several": ("DELETE", {"if-match": f'"0x1", "{TAG}"'}, None),
    "other tag": ("PATCH", {"if-match": "0x8D0"}, 412),
    "other tag of a read": ("GET", {"if-match": "0x8D0"}, 412),
    "same tag on a read": ("GET", {"if-none-match": TAG}, 304),
    "same tag on a head": ("HEAD", {"if-none-match": f'"{TAG}"'}, 304),
    "same tag on a write": ("PATCH", {"if-none-match": TAG}, 412),
    "any on a read": ("GET", {"if-none-match": "*"}, 304),
    "changed tag": ("GET", {"if-none-match": "0x8D0"}, None),
    "modified since": ("GET", {"if-modified-since": BEFORE}, None),
    "not modified since": ("GET", {"if-modified-since": SAME}, 304),
    "not modified since, write": ("POST", {"if-modified-since": AFTER}, 412),
    "unmodified since": ("PUT", {"if-unmodified-since": SAME}, None),
    "unmodified since too old": ("PUT", {"if-unmodified-since": BEFORE}, 412),
    "tag and its date": ("PUT", {"if-match": TAG, "if-unmodified-since": BEFORE}, 412),
    "two tags": ("GET", {"if-match": TAG, "if-none-match": "0x1"}, 400),
    "no date": ("GET", {"if-modified-since": "yesterday"}, 400),
    "empty": ("GET", {"if-match": ""}, None),
}


@pytest.mark.parametrize(("method", "headers", "status"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions(method, headers, status) -> None:
    """A condition that does not hold is 304 for an unchanged read, 412 otherwise."""
    if status is None:
        conditions.check(headers, method, MODIFIED)
    else:
        with pytest.raises(ServiceError) as caught:
            conditions.check(headers, method, MODIFIED)
        assert caught.value.status == status


def test_layout_is_the_recorded_one() -> None:
    """JSON is laid out in CRLF lines with two blanks per depth, and reads back as it was."""
    value = {"a": "b", "c": {"d": 1, "e": [True, None, 1.5]}, "f": "ü\n"}
    text = layout.write(value)
    assert text.startswith(b'{\r\n  "a":"b","c":{\r\n    "d":1,"e":[\r\n      true,null,1.5\r\n    ]\r\n  },"f":')
    assert json.loads(text) == value


KEY = base64.b64encode(b"k" * 64).decode()
ACCOUNT = Account(name="acct", keys={"primary": KEY, "secondary": base64.b64encode(b"s" * 64).decode()})
CALLS = [
    ("GET", "https://h/pools?api-version=2025-06-01&$filter=id%20eq%20'a%2Fb'&maxresults=5", {}, None),
    (
        "POST",
        "https://h/pools?api-version=2025-06-01",
        {"Content-Type": "application/json; odata=minimalmetadata"},
        b"{}",
    ),
    ("POST", "https://h/jobs/j%3Ajob-1/enable?api-version=2025-06-01&timeOut=30", {}, None),
    ("GET", "https://h/jobs/j/tasks/t/files/a%5Cb?api-version=2025-06-01", {"ocp-range": "bytes=0-5"}, None),
    (
        "PATCH",
        "https://h/pools/p?api-version=2025-06-01",
        {"If-Match": '"0x1"', "Content-Type": "application/json"},
        b'{"a":1}',
    ),
]


def _signed(method, url, headers, body, key=KEY):
    request = HttpRequest(method, url, headers=dict(headers), data=body)
    if body is not None:
        request.headers["Content-Length"] = str(len(body))
    BatchSharedKeyAuthPolicy(AzureNamedKeyCredential("acct", key)).on_request(
        PipelineRequest(request, PipelineContext(None))
    )
    return _request(method, url, request.headers, body or b"")


@pytest.mark.parametrize(("method", "url", "headers", "body"), CALLS)
def test_signatures_of_the_sdk_are_accepted(method, url, headers, body) -> None:
    """What azure-batch signs with either key is let in."""
    for key in ACCOUNT.keys.values():
        sharedkey.verify(ACCOUNT, _signed(method, url, headers, body, key), datetime.now(UTC))


def _tampered(change):
    request = _signed(*CALLS[1])
    headers = dict(request.headers)
    change(headers)
    return Request(
        request.method,
        request.path,
        request.raw_path,
        request.query,
        request.raw_query,
        headers,
        request.body,
        request.base_url,
    )


REFUSED = {
    "other key": lambda h: h.update(authorization=h["authorization"][:-6] + "AAAAA="),
    "other account": lambda h: h.update(authorization=h["authorization"].replace("acct", "other")),
    "no signature": lambda h: h.update(authorization="SharedKey acct"),
    "nothing": lambda h: h.pop("authorization"),
    "other header": lambda h: h.update({"content-type": "text/plain"}),
    "not ascii": lambda h: h.update(authorization="SharedKey acct:ü"),
    "no date": lambda h: h.pop("ocp-date"),
    "bad date": lambda h: h.update({"ocp-date": "now"}),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_other_signatures_are_refused(change) -> None:
    """A request that is not what was signed fails to authenticate."""
    with pytest.raises(ServiceError) as caught:
        sharedkey.verify(ACCOUNT, _tampered(change), datetime.now(UTC))
    assert (caught.value.status, caught.value.code) == (403, "AuthenticationFailed")


@pytest.mark.parametrize("minutes", [-16, 16])
def test_old_signatures_are_refused(minutes) -> None:
    """A signature is good for 15 minutes around its date."""
    with pytest.raises(ServiceError, match="AuthenticationFailed"):
        sharedkey.verify(ACCOUNT, _signed(*CALLS[0]), datetime.now(UTC) + timedelta(minutes=minutes))


def test_keys_can_be_switched_off() -> None:
    """An account whose authentication modes lack SharedKey accepts no key."""
    account = Account(name="acct", keys=ACCOUNT.keys, properties={"allowedAuthenticationModes": ["AAD"]})
    with pytest.raises(ServiceError, match="AuthenticationFailed"):
        sharedkey.verify(account, _signed(*CALLS[0]), datetime.now(UTC))
