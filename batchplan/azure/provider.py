"""From a provider block to settings: which cloud, and which ways to sign in, in which order."""

from batchplan.azure import clouds
from batchplan.azure.clouds import CLOUDS, EMULATOR_TENANT, Cloud
from batchplan.azure.errors import refusal, translated
from batchplan.azure.settings import AzureSettings, CredentialKind, Oidc
from batchplan.config.provider import ProviderSettings
from batchplan.ports import Rejected

METADATA_VERSION = "2022-09-01"
EMULATOR_CLIENT = "00000000-0000-0000-0000-000000000001"


async def connect_settings(provider: ProviderSettings) -> AzureSettings:
    """Return the settings for a provider. A cloud that is given by an address is asked about itself.

    Raise AzureError when it does not answer, or when what is needed is not given.
    """
    return settings_of(provider, await cloud_of(provider))


async def cloud_of(provider: ProviderSettings) -> Cloud:
    """Return the cloud a provider is in. Raise AzureError."""
    if provider.environment == "emulator":
        if not provider.arm_endpoint:
            raise Rejected("the emulator's address is not known; start it with `batchplan emulator start`")
        return clouds.emulator(provider.arm_endpoint, provider.ca_file)
    if provider.metadata_host:
        return await _asked(f"https://{provider.metadata_host}", provider.ca_file)
    if provider.arm_endpoint:
        return await _asked(provider.arm_endpoint.rstrip("/"), provider.ca_file)
    return CLOUDS[provider.environment]


def settings_of(provider: ProviderSettings, cloud: Cloud) -> AzureSettings:
    """Return the settings for a provider in a cloud; raise Rejected without a subscription."""
    if provider.subscription_id is None:
        raise Rejected("no subscription is given: set subscription_id in the provider block, or ARM_SUBSCRIPTION_ID")
    return AzureSettings(
        subscription_id=provider.subscription_id,
        cloud=cloud,
        tenant_id=provider.tenant_id or (EMULATOR_TENANT if cloud.emulated else None),
        client_id=provider.client_id or (EMULATOR_CLIENT if cloud.emulated else None),
        client_secret=provider.client_secret,
        client_certificate=provider.client_certificate_path,
        client_certificate_password=provider.client_certificate_password,
        oidc=Oidc(
            token=provider.oidc_token,
            token_file=provider.oidc_token_file_path,
            request_url=provider.oidc_request_url,
            request_token=provider.oidc_request_token,
            service_connection_id=provider.oidc_service_connection_id,
        ),
        credentials=("emulator",) if cloud.emulated else _ways(provider),
        data_plane_auth="shared_key" if provider.data_plane_auth == "shared_key" else "entra",
    )


def _ways(provider: ProviderSettings) -> tuple[CredentialKind, ...]:
    """Return the ways to sign in, the most explicit first."""
    ways: tuple[tuple[bool, CredentialKind], ...] = (
        (provider.client_certificate_path is not None, "client_certificate"),
        (provider.client_secret is not None, "client_secret"),
        (provider.use_oidc, "oidc"),
        (provider.use_msi, "msi"),
        (provider.use_cli, "cli"),
    )
    return tuple(way for wanted, way in ways if wanted)


async def _asked(address: str, ca_file: str | None) -> Cloud:
    """Return the cloud that an ARM endpoint tells of. Raise AzureError."""
    import aiohttp

    from batchplan.azure.clients import trust

    url = f"{address}/metadata/endpoints?api-version={METADATA_VERSION}"
    with translated():
        async with (
            aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(total=60)) as session,
            session.get(url, ssl=trust(ca_file)) as answer,
        ):
            if answer.status != 200:
                raise refusal(answer.status, None, f"{address} does not tell of its cloud (status {answer.status})")
            metadata = await answer.json(content_type=None)
    try:
        return clouds.described(metadata, ca_file)
    except ValueError as error:
        raise Rejected(f"{address} does not tell of its cloud: {error}") from error
