"""Generated requests: whatever comes in, ARM and the identity endpoints answer as the service, never with a 500."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchplan.emulator import ticks
from batchplan.emulator.arm.routes import ROUTES
from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator
from batchplan.emulator.wire.versions import ARM as VERSIONS

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
ACCOUNT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acct"
KNOWN = {
    "subscription": [SUBSCRIPTION],
    "group": ["rg", "none"],
    "account": ["acct", "none"],
    "location": ["westeurope", "mars"],
    "application": ["app", "none"],
    "version": ["1", "none"],
    "pool": ["pool", "none"],
    "namespace": ["Microsoft.Batch", "Microsoft.Nothing"],
}
MANY = 200
ODD = ["..", "%00", "a b", "'", "é", "😀", "$", "a" * 300, "%2F", "*", "null", "-1", "\u202e"]
WORDS = [
    "properties",
    "location",
    "tags",
    "identity",
    "type",
    "autoStorage",
    "storageAccountId",
    "keyName",
    "format",
    "name",
    "encryption",
    "networkProfile",
    "allowedAuthenticationModes",
    "vmSize",
    "scaleSettings",
    "fixedScale",
    "targetDedicatedNodes",
    "deploymentConfiguration",
    "displayName",
    "privateLinkServiceConnectionState",
]

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(
        ["westeurope", "zip", "Primary", "None", "SystemAssigned", "", "2025-06-01T00:00:00Z", "PT5M", "\ud800"]
    ),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
bodies = st.one_of(values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=20), st.just(b""))
queries = st.dictionaries(
    st.sampled_from(["$filter", "$select", "maxresults", "$skiptoken", "$top", "API-VERSION", "x"]),
    st.sampled_from(
        ["", "-1", "0", "2", "99999999999999", "name eq 'a'", "((((", "familyName eq", "WATV2:xx:1$1", "a,b", "é"]
    ),
    max_size=2,
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": st.sampled_from(["*", '"0x1"', "W/", "", "é".encode().decode("latin-1")]),
        "If-None-Match": st.sampled_from(["*", "0x1"]),
        "If-Modified-Since": st.sampled_from(["yesterday", "Sun, 01 Jun 2025 08:00:00 GMT"]),
        "Content-Type": st.sampled_from(["text/plain", "application/json; charset=latin-1", "application/xml", ""]),
        "x-ms-client-request-id": st.sampled_from(["a\tb", "x" * 500]),
        "x-ms-return-client-request-id": st.just("true"),
    },
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a method and a path: an operation's, with names that exist or are odd, sometimes cut short."""
    route = draw(st.sampled_from(ROUTES))
    parts = []
    for segment in route.template.split("/"):
        if segment.startswith("{"):
            parts.append(
                draw(st.sampled_from([*KNOWN.get(segment[1:-1], ["x"]), *KNOWN.get(segment[1:-1], ["x"]), *ODD]))
            )
        else:
            parts.append(segment)
    path = "/".join(quote(each, safe="%$*'") for each in parts)
    method = draw(
        st.sampled_from(
            [route.method, route.method, route.method, "GET", "PUT", "PATCH", "POST", "DELETE", "HEAD", "OPTIONS"]
        )
    )
    return method, path if draw(st.integers(0, 9)) else path[: draw(st.integers(1, len(path)))]


@pytest.fixture(scope="module")
def target() -> Iterator[Emulator]:
    """One emulator for all examples."""
    with Emulator(Options(start=ticks.parse_iso("2025-06-01T08:00:00Z"))) as emulator:
        yield emulator


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    request=requests(), body=bodies, query=queries, more=headers, version=st.sampled_from([*VERSIONS, "2021-04-01", ""])
)
def test_no_request_to_arm_is_an_internal_error(
    target: Emulator, request: tuple[str, str], body: bytes, query: dict[str, str], more: dict[str, str], version: str
) -> None:
    """The status is below 500, and an error has ARM's envelope."""
    from batchplan.emulator.wire.http import Request

    method, path = request
    dispatcher = target.dispatcher

    def ask(world: Any) -> Any:
        if ("acct",) not in world.accounts:
            seed(target, world)
        full = {**query, **({"api-version": version} if version else {})}
        sent = Request(
            method,
            path,
            path,
            {name.lower(): value for name, value in full.items()},
            tuple(full.items()),
            {"authorization": authorization(target), **{name.lower(): value for name, value in more.items()}},
            body,
            target.arm_endpoint,
        )
        return dispatcher.answer(sent, 0).reply

    reply = target.call(ask)
    assert reply.status < 500, reply.body
    if reply.status >= 400 and method != "HEAD":
        error = json.loads(reply.body)["error"]
        assert set(error) <= {"code", "message", "target", "details"}
        assert error["code"]
        assert error["message"]


@cache
def authorization(emulator: Emulator) -> str:
    return f"Bearer {emulator.token()}"


def seed(emulator: Emulator, world: Any) -> None:
    """Make the account and application that requests may name."""
    from batchplan.emulator.world import accounts, applications

    storage = {"autoStorage": {"storageAccountId": f"{ACCOUNT}/store"}}
    accounts.create_account(
        world, name="acct", subscription=SUBSCRIPTION, group="rg", location="westeurope", properties=storage
    )
    world.clock.advance(20)
    world.sync()
    applications.put_application(world, world.accounts["acct",], "app")
    applications.put_package(world, world.accounts["acct",], "app", "1")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS"]),
    path=st.sampled_from(
        [
            "/metadata/endpoints",
            "/x/oauth2/token",
            "/x/oauth2/v2.0/token",
            "/common/discovery/instance",
            "/msi/token",
            "/metadata/identity/oauth2/token",
            "/x/v2.0/.well-known/openid-configuration",
            "/x/discovery/keys",
            "/x/oauth2/v2.0/devicecode",
        ]
    ),
    body=st.one_of(
        st.binary(max_size=30),
        st.dictionaries(
            st.sampled_from(["grant_type", "client_id", "client_secret", "scope", "resource", "refresh_token"]),
            st.sampled_from(["", "client_credentials", "refresh_token", "a/.default", "a b", "a.b.c", "é", "x"]),
        ).map(lambda form: "&".join(f"{name}={quote(value)}" for name, value in form.items()).encode()),
    ),
    query=st.dictionaries(
        st.sampled_from(["api-version", "resource", "client_id"]), st.sampled_from(["", "2022-09-01", "é"])
    ),
)
def test_no_request_to_identity_is_an_internal_error(
    target: Emulator, method: str, path: str, body: bytes, query: dict[str, str]
) -> None:
    """Tokens, metadata and discovery answer anything with less than 500."""
    from batchplan.emulator.wire.http import Request

    sent = Request(method, path, path, query, tuple(query.items()), {}, body, target.arm_endpoint)
    reply = target.call(lambda _: target.dispatcher.answer(sent, 0).reply)
    assert reply is not None
    assert reply.status < 500
