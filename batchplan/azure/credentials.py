"""Signing in: as settings say, through azure-identity; an emulator has its own way."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy
from azure.core.pipeline.transport import AsyncHttpTransport

from batchplan.azure.clouds import authority
from batchplan.azure.federated import Federated
from batchplan.azure.settings import AzureSettings, CredentialKind

Transport = AsyncHttpTransport[Any, Any]
EARLY = 300.0  # seconds before its end that a token is replaced


class Loopback(AsyncBearerTokenCredentialPolicy[Any, Any]):
    """Sends tokens over plain HTTP as well: to an emulator on this machine, which has no secrets."""

    async def on_request(self, request: PipelineRequest[Any]) -> None:
        """Allow HTTP and add the token."""
        request.context.options.setdefault("enforce_https", False)
        await super().on_request(request)


@dataclass(slots=True)
class SignIn:
    """A credential that tries several in order, stays with the first that works, and keeps its tokens.

    Each client has a policy of its own that asks for tokens; without keeping them here, a hundred accounts
    would start the Azure CLI a hundred times.
    """

    candidates: Sequence[tuple[CredentialKind, AsyncTokenCredential]]
    _chosen: AsyncTokenCredential | None = None
    _tokens: dict[tuple[str, ...], AccessToken] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **more: Any,
    ) -> AccessToken:
        """Return a token; raise ClientAuthenticationError that says what was tried and why each failed."""
        async with self._lock:
            kept = self._tokens.get(scopes)
            if kept is not None and kept.expires_on - time.time() > EARLY and claims is None:
                return kept
            asked = {"claims": claims, "tenant_id": tenant_id, "enable_cae": enable_cae, **more}
            token = await self._ask(scopes, {name: value for name, value in asked.items() if value})
            self._tokens[scopes] = token
            return token

    async def _ask(self, scopes: Sequence[str], asked: Mapping[str, Any]) -> AccessToken:
        if self._chosen is not None:
            return await self._chosen.get_token(*scopes, **asked)
        reasons = []
        for kind, credential in self.candidates:
            try:
                token = await credential.get_token(*scopes, **asked)
            except (ClientAuthenticationError, ValueError) as error:
                reasons.append(f"{LABELS[kind]}: {str(error).strip() or type(error).__name__}")
            else:
                self._chosen = credential
                return token
        raise ClientAuthenticationError(message=_nobody(reasons))

    async def close(self) -> None:
        """Close all."""
        for _, credential in self.candidates:
            await credential.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


LABELS: Mapping[CredentialKind, str] = {
    "emulator": "the emulator's authority",
    "client_secret": "client secret",
    "client_certificate": "client certificate",
    "oidc": "federated token (OIDC)",
    "msi": "managed identity",
    "cli": "Azure CLI",
}


def _nobody(reasons: Sequence[str]) -> str:
    if not reasons:
        return (
            "No way to sign in is configured. Set use_cli, use_msi, use_oidc or client_secret in the provider block, "
            "or ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID in the environment."
        )
    return "No way to sign in worked. Tried:\n" + "\n".join(f"- {reason}" for reason in reasons)


def credential_for(settings: AzureSettings, transport: Transport) -> SignIn:
    """Return the credential of settings; its requests go through `transport`, which it does not close."""
    return SignIn([(kind, MAKERS[kind](settings, transport)) for kind in settings.credentials])


@dataclass(slots=True)
class _Refused:
    """Stands for a credential that cannot be made: says why when it is asked."""

    reason: str

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        raise ClientAuthenticationError(message=self.reason)

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class _Emulated:
    """Client credentials at an emulator's authority; azure-identity refuses an authority without TLS."""

    settings: AzureSettings
    transport: Transport

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """Return a token for a scope."""
        from azure.core.rest import HttpRequest

        settings = self.settings
        secret = settings.client_secret.reveal() if settings.client_secret else "emulator"
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id or "",
            "client_secret": secret,
            "scope": scopes[0],
        }
        url = f"{settings.cloud.authority}/{settings.tenant_id}/oauth2/v2.0/token"
        response = await self.transport.send(HttpRequest("POST", url, data=form))
        answer = response.json()
        if response.status_code != 200:
            raise ClientAuthenticationError(message=str(answer.get("error_description", answer)), response=response)
        return AccessToken(answer["access_token"], int(time.time()) + int(answer["expires_in"]))

    async def close(self) -> None:
        """Nothing of its own is open."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing of its own is open."""


def _client_secret(settings: AzureSettings, transport: Transport) -> AsyncTokenCredential:
    from azure.identity.aio import ClientSecretCredential

    tenant, client, secret = settings.tenant_id, settings.client_id, settings.client_secret
    if not (tenant and client and secret):
        return _Refused("tenant_id, client_id and client_secret are all needed")
    return ClientSecretCredential(tenant, client, secret.reveal(), transport=transport, **authority(settings.cloud))


def _client_certificate(settings: AzureSettings, transport: Transport) -> AsyncTokenCredential:
    from azure.identity.aio import CertificateCredential

    tenant, client, path = settings.tenant_id, settings.client_id, settings.client_certificate
    if not (tenant and client and path):
        return _Refused("tenant_id, client_id and client_certificate_path are all needed")
    given = settings.client_certificate_password
    password = given.reveal() if given else None
    try:
        return CertificateCredential(
            tenant, client, path, password=password, transport=transport, **authority(settings.cloud)
        )
    except (OSError, ValueError) as error:
        return _Refused(f"the certificate cannot be used: {error}")


def _managed(settings: AzureSettings, transport: Transport) -> AsyncTokenCredential:
    from azure.identity.aio import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=settings.client_id, transport=transport)


def _cli(settings: AzureSettings, _transport: Transport) -> AsyncTokenCredential:
    from azure.identity.aio import AzureCliCredential

    return AzureCliCredential(tenant_id=settings.tenant_id or "", process_timeout=60)


def _federated(settings: AzureSettings, transport: Transport) -> AsyncTokenCredential:
    """Return a credential for workload identity: a token, a file, GitHub Actions or Azure Pipelines."""
    from azure.identity.aio import AzurePipelinesCredential

    oidc, tenant, client = settings.oidc, settings.tenant_id, settings.client_id
    if not (tenant and client):
        return _Refused("tenant_id and client_id are needed")
    if oidc.service_connection_id and oidc.request_token:
        return AzurePipelinesCredential(
            tenant_id=tenant,
            client_id=client,
            service_connection_id=oidc.service_connection_id,
            system_access_token=oidc.request_token.reveal(),
            transport=transport,
            **authority(settings.cloud),
        )
    if not (oidc.token or oidc.token_file or (oidc.request_url and oidc.request_token)):
        return _Refused("there is no token, no token file, and no endpoint that issues one")
    return Federated(settings, tenant, client, transport)


MAKERS: Mapping[CredentialKind, Callable[[AzureSettings, Transport], AsyncTokenCredential]] = {
    "emulator": _Emulated,
    "client_secret": _client_secret,
    "client_certificate": _client_certificate,
    "oidc": _federated,
    "msi": _managed,
    "cli": _cli,
}
