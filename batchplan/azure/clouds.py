"""Clouds: where ARM, the authority and the Batch service of each are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EMULATOR_TENANT = "11111111-1111-1111-1111-111111111111"
BATCH_RESOURCE = "https://batch.core.windows.net/"


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud. Endpoints and resources are URLs; `ca_file` is trusted besides the system's authorities.

    The endpoints of accounts end in `endpoint_suffix`, where that is known before they are made.
    `emulated` says that a batchplan emulator answers: any secret signs in, and plain HTTP is allowed on loopback.
    """

    name: str
    arm_endpoint: str
    authority: str
    arm_resource: str
    batch_resource: str = BATCH_RESOURCE
    ca_file: str | None = None
    emulated: bool = False
    endpoint_suffix: str | None = None

    @property
    def arm_scope(self) -> str:
        """The scope of tokens for ARM."""
        return f"{self.arm_resource.rstrip('/')}/.default"

    @property
    def batch_scope(self) -> str:
        """The scope of tokens for the data plane; the resource ends in a slash, hence two."""
        return f"{self.batch_resource.rstrip('/')}//.default"


# The Batch resources are those of the Azure CLI's cloud definitions.
CLOUDS: Mapping[str, Cloud] = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            name="public",
            arm_endpoint="https://management.azure.com",
            authority="https://login.microsoftonline.com",
            arm_resource="https://management.azure.com",
            endpoint_suffix="batch.azure.com",
        ),
        Cloud(
            name="usgovernment",
            arm_endpoint="https://management.usgovcloudapi.net",
            authority="https://login.microsoftonline.us",
            arm_resource="https://management.core.usgovcloudapi.net",
            endpoint_suffix="batch.usgovcloudapi.net",
            batch_resource="https://batch.core.usgovcloudapi.net/",
        ),
        Cloud(
            name="china",
            arm_endpoint="https://management.chinacloudapi.cn",
            authority="https://login.chinacloudapi.cn",
            arm_resource="https://management.chinacloudapi.cn",
            endpoint_suffix="batch.chinacloudapi.cn",
            batch_resource="https://batch.chinacloudapi.cn/",
        ),
    )
}


def authority(cloud: Cloud) -> dict[str, Any]:
    """Return what tells azure-identity of a cloud's authority: Microsoft is not asked about one that it does not know."""
    known = {each.authority for each in CLOUDS.values()}
    return {"authority": cloud.authority, "disable_instance_discovery": cloud.authority not in known}


def emulator(arm_endpoint: str, ca_file: str | None = None) -> Cloud:
    """Return the cloud of a running emulator: it is its own authority."""
    endpoint = arm_endpoint.rstrip("/")
    return Cloud(
        name="emulator",
        arm_endpoint=endpoint,
        authority=endpoint,
        arm_resource="https://management.azure.com",
        ca_file=ca_file,
        emulated=True,
    )


def described(metadata: Mapping[str, Any], ca_file: str | None = None) -> Cloud:
    """Return the cloud that an answer of `/metadata/endpoints?api-version=2022-09-01` describes.

    Raise ValueError when what is needed is not in it.
    """
    try:
        authentication = metadata["authentication"]
        endpoint = str(metadata["resourceManager"]).rstrip("/")
        return Cloud(
            name=str(metadata.get("name", "custom")),
            arm_endpoint=endpoint,
            authority=str(authentication["loginEndpoint"]).rstrip("/"),
            arm_resource=next(iter(authentication.get("audiences", ())), endpoint),
            batch_resource=str(metadata.get("batch") or BATCH_RESOURCE),
            ca_file=ca_file,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the cloud's metadata lacks {error}") from error
