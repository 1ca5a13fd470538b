"""File systems that are mounted on every node."""

from typing import Annotated

from batchplan.schema import task
from batchplan.schema.block import Block
from batchplan.schema.constraint import Length
from batchplan.schema.facts import Fact
from batchplan.schema.identity import IdentityReference
from batchplan.schema.rule import OneOf

_PLACE = Fact("Where it appears, below the folder that AZ_BATCH_NODE_MOUNTS_DIR names.")
KINDS = (
    "azure_blob_file_system_configuration",
    "nfs_mount_configuration",
    "cifs_mount_configuration",
    "azure_file_share_configuration",
)


class BlobMount(Block):
    """A blob container, by blobfuse."""

    account_name: Annotated[str, Length(1)]
    container_name: Annotated[str, Length(1)]
    relative_mount_path: Annotated[str, Length(1), _PLACE]
    account_key: Annotated[str | None, task.SECRET] = None
    sas_key: Annotated[str | None, task.SECRET] = None
    identity_reference: IdentityReference | None = None
    blobfuse_options: str | None = None
    rules = (OneOf(("account_key", "sas_key", "identity_reference")),)


class NfsMount(Block):
    """An NFS export."""

    source: Annotated[str, Length(1)]
    relative_mount_path: Annotated[str, Length(1), _PLACE]
    mount_options: str | None = None


class CifsParts(Block):
    """Members that both planes name alike."""

    source: Annotated[str, Length(1)]
    relative_mount_path: Annotated[str, Length(1), _PLACE]
    password: Annotated[str, task.SECRET]
    mount_options: str | None = None


class CifsMount(CifsParts):
    """A CIFS share."""

    user_name: Annotated[str, Length(1)]


class FileShareMount(Block):
    """An Azure file share."""

    account_name: Annotated[str, Length(1)]
    azure_file_url: Annotated[str, task.URL, Fact(sas=True)]
    account_key: Annotated[str, task.SECRET]
    relative_mount_path: Annotated[str, Length(1), _PLACE]
    mount_options: str | None = None


class Mount(Block):
    """One file system: exactly one of the four kinds."""

    azure_blob_file_system_configuration: BlobMount | None = None
    nfs_mount_configuration: NfsMount | None = None
    cifs_mount_configuration: CifsMount | None = None
    azure_file_share_configuration: FileShareMount | None = None
    rules = (OneOf(KINDS),)
