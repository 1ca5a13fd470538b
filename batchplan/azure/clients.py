"""The SDKs' clients: one of ARM for a subscription, one of the data plane for an account, all on one HTTP session."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import aiohttp
from azure.batch.aio import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.pipeline import AsyncPipeline
from azure.core.pipeline.policies import UserAgentPolicy
from azure.core.pipeline.transport import AioHttpTransport
from azure.mgmt.batch.aio import BatchManagementClient

import batchplan
from batchplan.azure.credentials import Loopback, SignIn, credential_for
from batchplan.azure.errors import translated
from batchplan.azure.operations import Operations
from batchplan.azure.rawjson import get
from batchplan.azure.retry import Patience
from batchplan.azure.settings import AzureSettings
from batchplan.core.remote import account_parts
from batchplan.ports import Clock, NotFound, Unreachable

USER_AGENT = f"batchplan/{batchplan.__version__}"


DNS_SECONDS = 10
"""How long the address of a name is remembered: those of the service change when it is moved or mended."""


class NoEndpoint(NotFound):
    """The account is being made: nothing is below it, and nobody answers."""


class Clients:
    """Clients of one provider, made when they are needed. Use within one event loop, and close."""

    def __init__(self, settings: AzureSettings, clock: Clock) -> None:
        self.settings = settings
        self.operations = Operations()
        self._clock = clock
        self._places = asyncio.Semaphore(settings.in_flight)
        self._transport: AioHttpTransport | None = None
        self._session: aiohttp.ClientSession | None = None
        self._credential: SignIn | None = None
        self._arm: dict[str, BatchManagementClient] = {}
        self._batch: dict[str, BatchClient] = {}
        self._endpoints: dict[str, str] = {}
        self._resolving: dict[str, asyncio.Lock] = {}

    def arm(self, account_id: str) -> BatchManagementClient:
        """Return the ARM client for the subscription of an account."""
        return self.arm_of(account_parts(account_id).subscription)

    def arm_of(self, subscription: str) -> BatchManagementClient:
        """Return the ARM client of a subscription."""
        key = subscription.lower()
        if key not in self._arm:
            cloud = self.settings.cloud
            self._arm[key] = BatchManagementClient(
                self._signed_in(),
                subscription,
                base_url=cloud.arm_endpoint,
                credential_scopes=[cloud.arm_scope],
                **self._common(cloud.arm_scope),
            )
        return self._arm[key]

    def learn(self, account_id: str, endpoint: str | None) -> None:
        """Take note of where an account's data plane is: host, and port where there is one."""
        key = account_id.lower()
        if not endpoint or self._endpoints.get(key) == endpoint:
            return
        self._endpoints[key] = endpoint
        self._batch.pop(key, None)  # it has moved; what it holds is shared

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        return self._clock.now()

    async def pause(self, seconds: float) -> None:
        """Wait."""
        await self._clock.sleep(seconds)

    async def batch(self, account_id: str, *, patient: bool = True) -> BatchClient:
        """Return the data plane client of an account, whose endpoint ARM tells. Raise AzureError.

        Who is not `patient` gets none where the endpoint is not known yet.
        """
        key = account_id.lower()
        async with self._resolving.setdefault(key, asyncio.Lock()):
            if key not in self._endpoints and not patient:
                raise Unreachable(f"nobody tells the endpoint of the account {account_parts(account_id).name}")
            if key not in self._endpoints:
                account = await get(self.arm(account_id), account_id)
                self.learn(account_id, (account.get("properties") or {}).get("accountEndpoint"))
            if key not in self._endpoints:
                raise NoEndpoint(f"the account {account_parts(account_id).name} has no endpoint yet")
            if key not in self._batch:
                self._batch[key] = await self._made(account_id, self._endpoints[key])
            return self._batch[key]

    async def _made(self, account_id: str, endpoint: str) -> BatchClient:
        cloud = self.settings.cloud
        scheme = cloud.arm_endpoint.partition("://")[0] if cloud.emulated else "https"
        url = f"{scheme}://{endpoint}"
        if self.settings.data_plane_auth == "shared_key":
            name = account_parts(account_id).name
            credential = AzureNamedKeyCredential(name, await self._key(account_id))
            return BatchClient(url, credential, **self._common(None))
        return BatchClient(
            url, self._signed_in(), credential_scopes=[cloud.batch_scope], **self._common(cloud.batch_scope)
        )

    async def _key(self, account_id: str) -> str:
        parts = account_parts(account_id)
        with translated():
            keys = await self.arm(account_id).batch_account.get_keys(parts.resource_group, parts.name)
        return str(keys["primary"])

    def _common(self, scope: str | None) -> dict[str, Any]:
        """Return what all clients are made with; `scope` is None for clients that sign with a key."""
        made: dict[str, Any] = {
            "transport": self._carrier(),
            "retry_policy": self._patience(),
            "user_agent": USER_AGENT,
        }
        if scope is not None and self.settings.cloud.arm_endpoint.startswith("http://"):
            made["authentication_policy"] = Loopback(self._signed_in(), scope)
        return made

    def _patience(self) -> Patience:
        return Patience(self._clock, self.settings.patience, self._places)

    def _signed_in(self) -> SignIn:
        if self._credential is None:
            self._credential = credential_for(self.settings, self._carrier())
        return self._credential

    def _carrier(self) -> AioHttpTransport:
        """Return the transport that all share: one pool of connections, one TLS context."""
        if self._transport is None:
            connector = aiohttp.TCPConnector(limit=0, ssl=trust(self.settings.cloud.ca_file), ttl_dns_cache=DNS_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector, trust_env=True, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
            self._transport = AioHttpTransport(session=self._session, session_owner=False)
        return self._transport

    def storage(self) -> AsyncPipeline[Any, Any]:
        """Return a pipeline to storage accounts: URLs are signed, so it signs nothing."""
        return AsyncPipeline(self._carrier(), [UserAgentPolicy(user_agent=USER_AGENT), self._patience()])

    async def close(self) -> None:
        """Close everything."""
        closing: Sequence[Any] = [*self._arm.values(), *self._batch.values(), self._credential, self._session]
        for each in closing:
            if each is not None:
                await each.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def trust(ca_file: str | None) -> ssl.SSLContext | bool:
    """Return what aiohttp is to verify servers with: one more authority, or the system's alone."""
    return ssl.create_default_context(cafile=ca_file) if ca_file else True
