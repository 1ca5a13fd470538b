"""How Azure is reached: plain values, fixed for a run."""

from dataclasses import dataclass, field
from typing import Literal

from batchplan.azure.clouds import CLOUDS, EMULATOR_TENANT, Cloud
from batchplan.schema.document import Secret

DataPlaneAuth = Literal["entra", "shared_key"]
CredentialKind = Literal["emulator", "client_secret", "client_certificate", "oidc", "msi", "cli"]


@dataclass(frozen=True, slots=True)
class Oidc:
    """Where a federated token comes from: given, in a file, from GitHub's or from Azure DevOps' endpoint."""

    token: Secret | None = None
    token_file: str | None = None
    request_url: str | None = None
    request_token: Secret | None = None
    service_connection_id: str | None = None


@dataclass(frozen=True, slots=True)
class AzureSettings:
    """One provider, ready for use.

    `credentials` are tried in order; the first that can give a token is used. `patience` is how long
    (seconds) calls are repeated when Azure does not answer or is too busy; `in_flight` how many are under way at once.
    """

    subscription_id: str
    cloud: Cloud = CLOUDS["public"]
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: Secret | None = None
    client_certificate: str | None = None
    client_certificate_password: Secret | None = None
    oidc: Oidc = field(default_factory=Oidc)
    credentials: tuple[CredentialKind, ...] = ("cli",)
    data_plane_auth: DataPlaneAuth = "entra"
    patience: float = 300.0
    in_flight: int = 32


def for_emulator(cloud: Cloud, subscription_id: str, data_plane_auth: DataPlaneAuth = "entra") -> AzureSettings:
    """Return settings for an emulator, where every application may sign in."""
    return AzureSettings(
        subscription_id=subscription_id,
        cloud=cloud,
        tenant_id=EMULATOR_TENANT,
        client_id="00000000-0000-0000-0000-000000000001",
        credentials=("emulator",),
        data_plane_auth=data_plane_auth,
    )
