"""Which image the nodes run: marketplace, own, shared; agent, containers, extensions, security."""

from collections.abc import Iterator
from typing import Annotated, Any

from batchplan.schema.block import Block
from batchplan.schema.constraint import AnyCase, Choice, Length, ResourceId, choice, lowered, matching
from batchplan.schema.facts import Fact
from batchplan.schema.identity import IdentityReference
from batchplan.schema.pool_start_task import ContainerRegistry
from batchplan.schema.rule import AtMostOne, Members, Needs, Problem, Rule, given, known, maybe

_MARKETPLACE = ("publisher", "offer", "sku", "version")


def image_rules(own: str) -> tuple[Rule, ...]:
    """Return the rules of an image reference whose image of one's own has that name."""
    others = (own, "shared_gallery_image_id", "community_gallery_image_id")

    def check(image: Members) -> Iterator[Problem]:
        chosen = next((name for name in others if given(image, name)), None)
        stray = next((name for name in _MARKETPLACE if given(image, name)), None)
        if chosen and stray:
            yield Problem((stray,), f'"{chosen}" names the image alone; remove "{stray}".')
        missing = [name for name in _MARKETPLACE[:3] if not maybe(image, name)]
        if not any(maybe(image, name) for name in others) and missing:
            text = f'An image is "publisher", "offer" and "sku", or one id; "{missing[0]}" is missing.'
            yield Problem((), text)

    return (AtMostOne(others), check)


class GalleryImage(Block):
    """The members of an image reference that both planes name alike."""

    publisher: Annotated[str | None, AnyCase("a publisher of the marketplace")] = None
    offer: Annotated[str | None, AnyCase("an offer of the publisher")] = None
    sku: Annotated[str | None, AnyCase("a SKU of the offer")] = None
    version: Annotated[str | None, Length(1), Fact(default="latest")] = None
    shared_gallery_image_id: Annotated[str | None, AnyCase("the id of an image in a shared gallery")] = None
    community_gallery_image_id: Annotated[str | None, AnyCase("the id of an image in a community gallery")] = None


IMAGE_ID = matching(
    r"(?i)/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+/(images|galleries)/.+",
    'the ARM id of an image in a gallery: "/subscriptions/…/galleries/…/images/…[/versions/…]"',
    fold=True,
)


class ImageReference(GalleryImage):
    """The image: publisher, offer and sku of the marketplace, or one id."""

    id: Annotated[
        str | None,
        IMAGE_ID,
        Fact("An image of one's own; it has replicas in the account's region."),
    ] = None
    rules = image_rules("id")


class WindowsConfiguration(Block):
    """Windows only."""

    enable_automatic_updates: Annotated[bool | None, Fact(default=True)] = None


CONTAINER_TYPE = Choice(("DockerCompatible", "CriCompatible"), ("dockerCompatible", "criCompatible"))


class ContainerConfiguration(Block):
    """Containers on the nodes: then every task says which image it runs in."""

    type: Annotated[str, CONTAINER_TYPE]
    container_image_names: Annotated[
        tuple[str, ...] | None, Fact("Images that are pulled when a node starts.", unordered=True)
    ] = None
    container_registries: Annotated[tuple[ContainerRegistry, ...], Fact(key=("registry_server",))] = ()


class Extension(Block):
    """A virtual machine extension."""

    name: Annotated[str, Length(1)]
    publisher: Annotated[str, Length(1)]
    type: Annotated[str, Length(1)]
    type_handler_version: str | None = None
    auto_upgrade_minor_version: bool | None = None
    enable_automatic_upgrade: bool | None = None
    settings: Annotated[Any, Fact("Any JSON.")] = None
    protected_settings: Annotated[Any, Fact("Any JSON; never returned.", sensitive=True, readable=False)] = None
    provision_after_extensions: Annotated[tuple[str, ...] | None, Fact(unordered=True)] = None


class CustomerManagedKey(Block):
    """The key that disks are encrypted with."""

    key_url: Annotated[
        str | None, matching(r"https://[^/\s]+/keys/[^/\s]+/[^/\s]+", "the https:// address of a key with its version")
    ] = None
    rotation_to_latest_key_version_enabled: Annotated[bool | None, Fact(default=False)] = None
    identity_reference: IdentityReference | None = None


def _disk_key(block: Members) -> Iterator[Problem]:
    targets = known(block, "targets")
    if given(block, "customer_managed_key") and targets is not None:
        names = [one.casefold() for one in targets if isinstance(one, str)]
        if "osdisk" not in names and len(names) == len(targets):
            yield Problem(("customer_managed_key",), 'A key of one\'s own needs "OsDisk" among the targets.')


class DiskEncryption(Block):
    """Encryption of the nodes' disks."""

    targets: Annotated[
        tuple[Annotated[str, lowered("OsDisk", "TemporaryDisk")], ...] | None,
        Fact(
            '"TemporaryDisk", alone or with the other; for Windows pools the documentation asks for both.',
            unordered=True,
        ),
    ] = None
    customer_managed_key: Annotated[CustomerManagedKey | None, Fact(since="2025-06-01")] = None
    rules = (_disk_key, Needs("customer_managed_key", ("targets",)))


class NodePlacement(Block):
    """How nodes spread over zones."""

    policy: Annotated[str | None, lowered("Regional", "Zonal"), Fact(default="Regional")] = None


class HostEndpoint(Block):
    """One endpoint of the host, guarded."""

    mode: Annotated[str | None, choice("Audit", "Enforce")] = None
    in_vm_access_control_profile_reference_id: Annotated[
        str | None, Length(1), Fact(api="inVMAccessControlProfileReferenceId")
    ] = None


class ProxyAgent(Block):
    """The metadata security protocol."""

    enabled: Annotated[bool | None, Fact(default=False)] = None
    imds: HostEndpoint | None = None
    wire_server: HostEndpoint | None = None


class Uefi(Block):
    """Secure boot and the virtual trusted platform module."""

    secure_boot_enabled: bool | None = None
    v_tpm_enabled: bool | None = None


SECURITY_TYPE = Choice(("trustedLaunch", "confidentialVM"), ("trustedLaunch", "confidentialvm"))


class SecurityProfile(Block):
    """Security of the virtual machines."""

    security_type: Annotated[str | None, SECURITY_TYPE] = None
    encryption_at_host: bool | None = None
    uefi_settings: Uefi | None = None
    proxy_agent_settings: Annotated[ProxyAgent | None, Fact(since="2025-06-01")] = None


class ServiceArtifact(Block):
    """The service artifact that fixes one image version for all nodes while upgrades are automatic."""

    id: Annotated[str, ResourceId("Microsoft.Compute/galleries/serviceArtifacts/vmArtifactsProfiles")]
