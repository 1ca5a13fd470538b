"""Signing in with a token that somebody else has issued: Kubernetes, GitHub Actions, any OIDC provider."""

import asyncio
from pathlib import Path
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import HttpRequest

from batchplan.azure.clouds import authority
from batchplan.azure.settings import AzureSettings

AUDIENCE = "api%3A%2F%2FAzureADTokenExchange"


class Federated:
    """A credential that gets its assertion anew for each token: assertions live for minutes."""

    def __init__(
        self, settings: AzureSettings, tenant: str, client: str, transport: AsyncHttpTransport[Any, Any]
    ) -> None:
        from azure.identity.aio import ClientAssertionCredential

        self._oidc = settings.oidc
        self._transport = transport
        self._assertion = ""
        self._inner = ClientAssertionCredential(
            tenant,
            client,
            lambda: self._assertion,
            transport=transport,
            **authority(settings.cloud),
        )

    async def get_token(self, *scopes: str, **asked: Any) -> AccessToken:
        """Return a token; raise ClientAuthenticationError."""
        self._assertion = await self._federated_token()
        return await self._inner.get_token(*scopes, **asked)

    async def _federated_token(self) -> str:
        oidc = self._oidc
        if oidc.token:
            return str(oidc.token.reveal())
        if oidc.token_file:
            return await asyncio.to_thread(_from_file, oidc.token_file)
        assert oidc.request_url, "made only with one of the three"
        assert oidc.request_token, "made only with one of the three"
        return await self._issued(oidc.request_url, str(oidc.request_token.reveal()))

    async def _issued(self, url: str, bearer: str) -> str:
        """Return a token of the endpoint of GitHub Actions."""
        if not url.startswith("https://"):
            raise ClientAuthenticationError(message="the endpoint that issues federated tokens is no https URL")
        joint = "&" if "?" in url else "?"
        headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
        response = await self._transport.send(HttpRequest("GET", f"{url}{joint}audience={AUDIENCE}", headers=headers))
        if response.status_code != 200:
            text = f"the endpoint that issues federated tokens answered with status {response.status_code}"
            raise ClientAuthenticationError(message=text)
        try:
            return str(response.json()["value"])
        except (ValueError, KeyError, TypeError) as error:
            text = "the endpoint that issues federated tokens answered without one"
            raise ClientAuthenticationError(message=text) from error

    async def close(self) -> None:
        """Close what is inside."""
        await self._inner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _from_file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ClientAuthenticationError(message=f"the token file cannot be read: {error}") from error
