"""Tokens, metadata, and who may call."""

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from batchplan.emulator.identity import Directory
from batchplan.emulator.server import Emulator
from batchplan.emulator.tokens import InvalidToken, Issuer

TENANT = "33333333-3333-3333-3333-333333333333"
CLIENT = "44444444-4444-4444-4444-444444444444"


def fetch(
    url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=data, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, dict(reply.headers), json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), json.loads(error.read())


def claims(token: str) -> Any:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def credentials(**more: str) -> dict[str, str]:
    return {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": "s", **more}


def test_metadata_of_2022_is_one_cloud(emulator: Emulator) -> None:
    """The newest form is an object with everything az and go-azure-sdk read."""
    _, _, cloud = fetch(f"{emulator.arm_endpoint}/metadata/endpoints?api-version=2022-09-01")
    assert cloud["resourceManager"] == cloud["authentication"]["loginEndpoint"] == emulator.arm_endpoint
    assert cloud["authentication"]["identityProvider"] == "AAD"
    assert cloud["authentication"]["tenant"] == "common"
    assert cloud["batch"] == "https://batch.core.windows.net/"
    assert {"name", "graphAudience", "media", "microsoftGraphResourceId", "suffixes"} <= set(cloud)


@pytest.mark.parametrize("version", ["2019-05-01", "2020-06-01"])
def test_older_metadata_is_a_list(emulator: Emulator, version: str) -> None:
    """Before 2022 the answer lists clouds."""
    _, _, clouds = fetch(f"{emulator.arm_endpoint}/metadata/endpoints?api-version={version}")
    assert [each["resourceManager"] for each in clouds] == [emulator.arm_endpoint]


def test_the_oldest_metadata_has_its_own_names(emulator: Emulator) -> None:
    """2015-01-01, which az asks of an unknown cloud, spells the members otherwise."""
    _, _, found = fetch(f"{emulator.arm_endpoint}/metadata/endpoints?api-version=2015-01-01")
    assert found["authentication"]["loginEndpoint"] == emulator.arm_endpoint
    assert set(found) == {"galleryEndpoint", "graphEndpoint", "portalEndpoint", "authentication"}


@pytest.mark.parametrize("version", ["", "/v2.0"], ids=["v1", "v2"])
def test_openid_configuration_leads_to_token_and_keys(emulator: Emulator, version: str) -> None:
    """The endpoints it names answer."""
    root = f"{emulator.arm_endpoint}/{TENANT}{version}"
    _, _, found = fetch(f"{root}/.well-known/openid-configuration")
    assert found["issuer"].startswith(f"{emulator.arm_endpoint}/{TENANT}")
    assert fetch(found["jwks_uri"])[2]["keys"][0]["kty"] == "RSA"
    assert fetch(found["token_endpoint"], credentials(scope="a/.default", resource="a"))[0] == 200


def test_instance_discovery_names_this_host(emulator: Emulator) -> None:
    """MSAL finds the authority among its own aliases."""
    url = f"{emulator.arm_endpoint}/common/discovery/instance?api-version=1.1&authorization_endpoint=x"
    host = emulator.arm_endpoint.removeprefix("http://")
    assert fetch(url)[2]["metadata"][0]["aliases"] == [host]


def test_a_token_says_who_and_for_what(emulator: Emulator) -> None:
    """The claims carry tenant, application, object, audience and times of the real clock."""
    status, headers, body = fetch(
        f"{emulator.arm_endpoint}/{TENANT}/oauth2/v2.0/token",
        credentials(scope="https://management.azure.com/.default"),
    )
    found = claims(body["access_token"])
    assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3599)
    assert headers["cache-control"] == "no-store"
    assert (found["tid"], found["appid"], found["aud"]) == (TENANT, CLIENT, "https://management.azure.com")
    assert found["oid"] == found["sub"]
    assert abs(found["exp"] - time.time() - 3599) < 10


def test_the_object_id_follows_the_application(emulator: Emulator) -> None:
    """One application is one object, another application another."""
    url = f"{emulator.arm_endpoint}/{TENANT}/oauth2/v2.0/token"
    first, again, other = (
        claims(fetch(url, credentials(scope="x/.default") | {"client_id": each})[2]["access_token"])["oid"]
        for each in (CLIENT, CLIENT, "other")
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("https://batch.core.windows.net//.default", "https://batch.core.windows.net/"),
        ("https://batch.core.windows.net/.default", "https://batch.core.windows.net"),
        ("https://management.core.windows.net//.default", "https://management.core.windows.net/"),
    ],
    ids=["double slash", "single slash", "arm"],
)
def test_a_scope_names_the_audience(emulator: Emulator, scope: str, audience: str) -> None:
    """What stands before `/.default` is the audience, as Entra ID cuts it."""
    body = fetch(f"{emulator.arm_endpoint}/{TENANT}/oauth2/v2.0/token", credentials(scope=scope))[2]
    assert claims(body["access_token"])["aud"] == audience


def test_the_first_endpoint_takes_a_resource_and_answers_texts(emulator: Emulator) -> None:
    """`/oauth2/token` answers numbers as texts and names the resource."""
    resource = "https://management.core.windows.net/"
    body = fetch(f"{emulator.arm_endpoint}/{TENANT}/oauth2/token", credentials(resource=resource))[2]
    assert body["resource"] == claims(body["access_token"])["aud"] == resource
    assert body["expires_in"] == "3599"
    assert int(body["expires_on"]) > time.time()


def test_a_refresh_token_buys_another(emulator: Emulator) -> None:
    """`offline_access` brings a refresh token; it is no access token itself."""
    url = f"{emulator.arm_endpoint}/{TENANT}/oauth2/v2.0/token"
    scope = "https://management.azure.com/.default"
    refresh = fetch(url, credentials(scope=f"{scope} offline_access"))[2]["refresh_token"]
    status, _, body = fetch(url, {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": CLIENT})
    assert status == 200
    assert claims(body["access_token"])["appid"] == CLIENT
    assert "refresh_token" in body
    subscriptions = f"{emulator.arm_endpoint}/subscriptions?api-version=2022-12-01"
    assert fetch(subscriptions, headers={"Authorization": f"Bearer {refresh}"})[0] == 401
    assert fetch(subscriptions, headers={"Authorization": f"Bearer {body['access_token']}"})[0] == 200


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({}, 400, "invalid_request", 900144),
        (
            {"grant_type": "client_credentials", "client_secret": "s", "scope": "a/.default"},
            400,
            "invalid_request",
            900144,
        ),
        ({"grant_type": "client_credentials", "client_id": "c", "scope": "a/.default"}, 401, "invalid_client", 7000216),
        (credentials(scope="a/.default") | {"client_secret": ""}, 401, "invalid_client", 7000215),
        (credentials(), 400, "invalid_request", 900144),
        (credentials(scope="https://a/read"), 400, "invalid_scope", 1002012),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant", 9002313),
        ({"grant_type": "device_code", "client_id": "c"}, 400, "unauthorized_client", 700016),
        ({"grant_type": "password", "username": "u", "password": "p"}, 400, "unauthorized_client", 700016),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type", 70003),
    ],
    ids=[
        "nothing",
        "no client",
        "no secret",
        "empty secret",
        "no scope",
        "scope",
        "refresh",
        "device",
        "password",
        "grant",
    ],
)
def test_what_cannot_be_granted_is_refused(
    emulator: Emulator, form: dict[str, str], status: int, error: str, number: int
) -> None:
    """Refusals have OAuth's form and Entra ID's numbers."""
    got, _, body = fetch(f"{emulator.arm_endpoint}/{TENANT}/oauth2/v2.0/token", form)
    assert (got, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize(
    ("client", "secret", "status"),
    [("known", "right", 200), ("known", "wrong", 401), ("other", "right", 400)],
)
def test_fixed_credentials_are_checked(
    make_emulator: Callable[..., Emulator], client: str, secret: str, status: int
) -> None:
    """With credentials given, only they sign in."""
    emulator = make_emulator(directory=Directory(credentials={"known": "right"}))
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, "scope": "a/.default"}
    assert fetch(f"{emulator.arm_endpoint}/{TENANT}/oauth2/v2.0/token", form)[0] == status


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/msi/token?api-version=2019-08-01&resource=https://r/", {"X-IDENTITY-HEADER": "h"}, 200),
        ("/msi/token?api-version=2019-08-01&resource=https://r/", {}, 401),
        ("/msi/token?api-version=2019-08-01", {"X-IDENTITY-HEADER": "h"}, 400),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://r/", {"Metadata": "true"}, 200),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://r/", {}, 400),
    ],
    ids=["app service", "no header", "no resource", "imds", "imds without header"],
)
def test_managed_identity(emulator: Emulator, path: str, headers: dict[str, str], status: int) -> None:
    """Both managed identity endpoints give a token for the resource to who sends their header."""
    got, _, body = fetch(emulator.arm_endpoint + path, headers=headers)
    assert got == status
    if status == 200:
        assert claims(body["access_token"])["aud"] == body["resource"] == "https://r/"
        assert int(body["expires_on"]) > time.time()


def forged(token: str) -> str:
    head, body, signature = token.split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims(token) | {"appid": "evil"}).encode()).rstrip(b"=").decode()
    assert other != body
    return f"{head}.{other}.{signature}"


def unsigned(token: str) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda token: None, "AuthenticationFailed"),
        (lambda token: "Basic abc", "AuthenticationFailed"),
        (lambda token: "Bearer", "AuthenticationFailed"),
        (lambda token: "Bearer abc", "InvalidAuthenticationToken"),
        (lambda token: "Bearer a.b.c", "InvalidAuthenticationToken"),
        (lambda token: f"Bearer {forged(token)}", "InvalidAuthenticationToken"),
        (lambda token: f"Bearer {unsigned(token)}", "InvalidAuthenticationToken"),
    ],
    ids=["missing", "basic", "empty", "text", "three parts", "forged", "unsigned"],
)
def test_bad_tokens_are_refused_on_both_planes(
    emulator: Emulator, arm: Any, batch: Any, spoil: Callable[[str], str | None], code: str
) -> None:
    """ARM names the fault as code; the data plane answers AuthenticationFailed; both challenge."""
    header = {"Authorization": spoil(arm.token)}
    refused = arm("GET", "/subscriptions", headers=header)
    assert (refused.status, refused.json["error"]["code"]) == (401, code)
    assert refused.headers["www-authenticate"].startswith("Bearer authorization_uri=")
    assert "RequestId" not in refused.json["error"]["message"]
    refused = batch("GET", "/pools", headers=header)
    assert (refused.status, refused.json["code"]) == (401, "AuthenticationFailed")
    assert refused.json["values"][0]["key"] == "AuthenticationErrorDetail"


def test_an_expired_token_is_refused_by_the_real_clock(emulator: Emulator, arm: Any) -> None:
    """Virtual time does not age a token; its own expiry ends it."""
    emulator.advance(10 * 3600)
    assert arm("GET", "/subscriptions").status == 200
    issuer = emulator.dispatcher.identity.issuer
    stale = issuer.sign({"aud": "https://management.azure.com/"}, lifetime=-10)
    refused = arm("GET", "/subscriptions", headers={"Authorization": f"Bearer {stale}"})
    assert (refused.status, refused.json["error"]["code"]) == (401, "ExpiredAuthenticationToken")


@pytest.mark.parametrize(
    ("audience", "arm_status", "batch_status"),
    [
        ("https://management.azure.com/", 200, 401),
        ("https://management.core.windows.net", 200, 401),
        ("https://batch.core.windows.net/", 401, 200),
        ("https://batch.core.windows.net", 401, 200),
        ("https://vault.azure.net", 401, 401),
        ("797f4846-ba00-4fd7-ba43-dac1f8f63013", 200, 401),
        ("ddbf3205-c6bd-46ae-8127-60eb93363864", 401, 200),
    ],
)
def test_each_plane_has_its_audience(
    emulator: Emulator, arm: Any, batch: Any, audience: str, arm_status: int, batch_status: int
) -> None:
    """A token for one plane does not open the other; a slash at the end does not matter."""
    header = {"Authorization": f"Bearer {emulator.token(audience)}"}
    assert arm("GET", "/subscriptions", headers=header).status == arm_status
    assert batch("GET", "/pools", headers=header).status == batch_status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_arm_takes_tokens_for_itself(emulator: Emulator, arm: Any, batch: Any, host: str) -> None:
    """The audience that the metadata names, the emulator's own URL, opens ARM under any loopback name."""
    own = emulator.arm_endpoint.replace("127.0.0.1", host)
    header = {"Authorization": f"Bearer {emulator.token(own)}"}
    assert arm("GET", "/subscriptions", headers=header).status == 200
    assert batch("GET", "/pools", headers=header).status == 401


def test_an_account_without_entra_refuses_tokens(emulator: Emulator, arm: Any, account: str, batch: Any) -> None:
    """`allowedAuthenticationModes` governs the data plane."""
    body = {"properties": {"allowedAuthenticationModes": ["SharedKey"]}}
    assert arm("PATCH", account, body).status == 200
    refused = batch("GET", "/pools")
    assert (refused.status, refused.json["code"]) == (403, "AuthenticationFailed")


def test_a_key_is_checked_once_and_forgotten_never(tmp_path: Any) -> None:
    """A kept key signs the same way after a restart; a token of another key is refused."""
    path = tmp_path / "signing.key"
    token = Issuer(path).sign({"aud": "a"})
    assert Issuer(path).check(token)["aud"] == "a"
    with pytest.raises(InvalidToken, match="key that is not known"):
        Issuer(tmp_path / "other.key").check(token)
    assert path.stat().st_mode & 0o077 == 0


def test_azure_identity_signs_in_over_tls(make_emulator: Callable[..., Emulator], monkeypatch: Any) -> None:
    """azure-identity's client secret and managed identity credentials work unchanged."""
    from azure.identity import ClientSecretCredential, ManagedIdentityCredential

    emulator = make_emulator(tls=True)
    secret = ClientSecretCredential(
        TENANT,
        CLIENT,
        "secret",
        authority=emulator.arm_endpoint,
        disable_instance_discovery=True,
        connection_verify=str(emulator.ca_file),
    )
    assert claims(secret.get_token("https://batch.core.windows.net//.default").token)["appid"] == CLIENT
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{emulator.arm_endpoint}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "any")
    managed = ManagedIdentityCredential(connection_verify=str(emulator.ca_file))
    assert claims(managed.get_token("https://management.azure.com/.default").token)["aud"].startswith(
        "https://management"
    )
