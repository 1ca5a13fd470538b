"""Each way to sign in gets a token from an authority, through azure-identity where it can."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from emulated_azure import SUBSCRIPTION, connected

from batchplan.azure.clients import Clients
from batchplan.azure.clouds import Cloud, described
from batchplan.azure.credentials import SignIn
from batchplan.azure.reader import AzureReader
from batchplan.azure.settings import AzureSettings, CredentialKind, Oidc
from batchplan.core.remote import ACCOUNT_PATTERN, Remote
from batchplan.emulator.server import Emulator
from batchplan.schema.document import Secret

TENANT = "11111111-1111-1111-1111-111111111111"
CLIENT = "00000000-0000-0000-0000-000000000009"
NOWHERE = Remote("account", ACCOUNT_PATTERN.format(SUBSCRIPTION, "rg", "nowhere"), "nowhere")


def unnamed(emulator: Emulator) -> Cloud:
    """Return the cloud as one that nobody knows: signing in has to go through azure-identity."""
    metadata = {
        "name": "somewhere",
        "resourceManager": emulator.arm_endpoint,
        "authentication": {"loginEndpoint": emulator.arm_endpoint, "audiences": ["https://management.azure.com/"]},
    }
    return described(metadata, str(emulator.ca_file))


WAYS: list[Any] = [
    pytest.param("client_secret", {"client_secret": Secret("s")}, id="client-secret"),
    pytest.param("oidc", {"oidc": Oidc(token=Secret("assertion"))}, id="oidc-token"),
    pytest.param("oidc", {"oidc": Oidc(token_file="{folder}/token")}, id="oidc-file"),
    pytest.param("client_certificate", {"client_certificate": "{folder}/client.pem"}, id="certificate"),
    pytest.param("msi", {}, id="managed-identity"),
]


@pytest.mark.parametrize(("kind", "given"), WAYS)
def test_signing_in(
    make_emulator: Callable[..., Emulator],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: CredentialKind,
    given: dict[str, Any],
) -> None:
    """A token is had, and ARM takes it."""
    emulator = make_emulator(tls=True)
    (tmp_path / "token").write_text("assertion\n")
    certificate(tmp_path / "client.pem")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{emulator.arm_endpoint}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")

    def placed(value: Any) -> Any:
        if isinstance(value, Oidc) and value.token_file:
            return Oidc(token_file=value.token_file.format(folder=tmp_path))
        return value.format(folder=tmp_path) if isinstance(value, str) else value

    async def body() -> None:
        async with connected(emulator) as azure:
            settings = AzureSettings(
                subscription_id=SUBSCRIPTION,
                cloud=unnamed(emulator),
                tenant_id=TENANT,
                client_id=CLIENT,
                credentials=(kind,),
                **{name: placed(value) for name, value in given.items()},
            )
            async with Clients(settings, azure.clock) as clients:
                assert await AzureReader(clients).read(NOWHERE) is None
        paths = [entry["path"] for entry in emulator.dispatcher.log.entries]
        assert any(path.endswith(("/oauth2/v2.0/token", "/msi/token")) for path in paths)

    asyncio.run(body())


def certificate(path: Path) -> None:
    """Write a self-signed certificate and its key."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))


class Issuer:
    """A transport that answers as GitHub's endpoint does."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body
        self.asked: list[Any] = []

    async def send(self, request: Any, **_: Any) -> Any:
        self.asked.append(request)
        text = json.dumps(self.body)
        return SimpleNamespace(status_code=self.status, json=lambda: json.loads(text))


def federated(transport: Any, url: str = "https://issuer/x?y=z") -> Any:
    """Return the credential of a GitHub job."""
    from batchplan.azure.federated import Federated

    oidc = Oidc(request_url=url, request_token=Secret("bearer"))
    settings = AzureSettings(subscription_id=SUBSCRIPTION, oidc=oidc)
    return Federated(settings, TENANT, CLIENT, transport)


def test_github_is_asked_for_the_assertion() -> None:
    """The endpoint of GitHub Actions is asked with its token and Azure's audience."""
    issuer = Issuer(200, {"value": "assertion"})
    assert asyncio.run(federated(issuer)._federated_token()) == "assertion"
    asked = issuer.asked[0]
    assert asked.url == "https://issuer/x?y=z&audience=api%3A%2F%2FAzureADTokenExchange"
    assert asked.headers["Authorization"] == "Bearer bearer"


@pytest.mark.parametrize(
    ("url", "status", "body", "words"),
    [
        pytest.param("http://issuer", 200, {"value": "a"}, "no https URL", id="http"),
        pytest.param("https://issuer", 403, {}, "status 403", id="refused"),
        pytest.param("https://issuer", 200, {"nothing": 1}, "without one", id="empty"),
    ],
)
def test_no_assertion(url: str, status: int, body: Any, words: str) -> None:
    """An endpoint that gives no assertion is told of, and nothing is asked of one without TLS."""
    issuer = Issuer(status, body)
    with pytest.raises(ClientAuthenticationError, match=words) as raised:
        asyncio.run(federated(issuer, url)._federated_token())
    assert "bearer" not in str(raised.value)
    assert len(issuer.asked) == (0 if url.startswith("http://") else 1)


class Counting:
    """A credential that gives tokens, or none."""

    def __init__(self, token: str | None, lifetime: int = 3600) -> None:
        self.token, self.lifetime, self.asked = token, lifetime, 0

    async def get_token(self, *_: str, **__: Any) -> Any:
        import time

        from azure.core.credentials import AccessToken

        self.asked += 1
        if self.token is None:
            raise ClientAuthenticationError(message="none here")
        return AccessToken(self.token, int(time.time()) + self.lifetime)

    async def close(self) -> None:
        pass


def test_the_first_that_works_is_kept() -> None:
    """Ways are tried in order; the first that works is used from then on, and asked once for each scope."""

    async def body() -> None:
        broken, working, last = Counting(None), Counting("t"), Counting("other")
        chain: Any = SignIn([("oidc", broken), ("cli", working), ("msi", last)])  # type: ignore[list-item]
        tokens = [(await chain.get_token(scope)).token for scope in ("a", "b", "a")]
        assert tokens == ["t"] * 3
        assert (broken.asked, working.asked, last.asked) == (1, 2, 0)
        await chain.get_token("a", claims="more")
        assert working.asked == 3, "a challenge wants a new token"

    asyncio.run(body())


def test_a_token_near_its_end_is_replaced() -> None:
    """A token is not used in the last minutes of its life."""

    async def body() -> None:
        short = Counting("t", lifetime=100)
        chain: Any = SignIn([("cli", short)])  # type: ignore[list-item]
        await chain.get_token("a")
        await chain.get_token("a")
        assert short.asked == 2

    asyncio.run(body())
