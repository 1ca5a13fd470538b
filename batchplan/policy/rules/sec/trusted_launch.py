"""Trusted launch, and whether image and size can have it."""

from collections.abc import Iterator, Mapping

from batchplan.policy import facts
from batchplan.policy.model import Finding, Inapplicable, Level, NotLooked, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("BP2009", "Trusted launch is off", kinds=["pool"], severity=Severity.WARNING, level=Level.OFF)
def trusted_launch_off(pool: Subject, _: Scope) -> Iterator[Finding]:
    """Nodes start without secure boot or without a virtual trusted platform module.

    Why: With both, boot loaders and kernels that nobody signed do not start, and the state of a node can be attested.

    Instead: `security_profile { security_type = "trustedLaunch"  uefi_settings { secure_boot_enabled = true
    v_tpm_enabled = true } }`, with a generation 2 image and a size that has it.

    Source: Learn, "Batch security and compliance best practices", 2024-11-21. No public deployment sets it, hence off
    unless a policy set asks for it.

    Exceptions: images of generation 1, sizes that do not have it, and drivers that are not signed.
    """
    kind = pool.text("security_profile.security_type").lower()
    off = [] if kind in ("trustedlaunch", "confidentialvm") else ["security_type"]
    off += [
        name
        for name in ("secure_boot_enabled", "v_tpm_enabled")
        if not pool.get(f"security_profile.uefi_settings.{name}")
    ]
    if off:
        yield Finding(
            f"{pool.address} does not set {' and '.join(off)} of trusted launch.",
            "security_profile",
            expected="trustedLaunch",
            actual=kind or None,
            remediation='security_profile { security_type = "trustedLaunch" }, with secure_boot_enabled and v_tpm_enabled',
        )


@rule(
    "BP2010",
    "Image or size cannot have the security profile",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["vm_sizes"],
)
def security_profile_impossible(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool asks for trusted launch, a confidential VM or encryption at host, and its image or size has none.

    Why: The service makes the pool and cannot allocate a single node.

    Instead: Take an image of generation 2, and a size with the capability.

    Source: Learn, "Batch security and compliance best practices", 2024-11-21 (generation 2 image, compatible size); the
    capabilities of the region's sizes. A capability that the service does not tell is not held against a size, and the
    generations of images are read off their names; so it can be overridden.
    """
    profile = pool.need("security_profile")
    kind = profile.text("security_type").lower()
    size = pool.text("vm_size")
    if kind and _first_generation(pool):
        yield Finding(
            f"{pool.address} asks for {profile.text('security_type')}, and its image {pool.text('image_reference.sku')} is of "
            "generation 1.",
            "image_reference.sku",
            actual=pool.text("image_reference.sku"),
            remediation="Take the generation 2 SKU of the image.",
        )
    for capability, what in _lacking(_capabilities(pool, size, see), kind, profile.get("encryption_at_host") is True):
        yield Finding(
            f"{pool.address} asks for {what}, which {size} does not have.",
            "vm_size",
            expected=capability,
            actual=size,
            remediation=f"Take a size with {what}, or leave it out of security_profile.",
        )


def _first_generation(pool: Subject) -> bool:
    image = pool.need("image_reference")
    return facts.first_generation(image.text("publisher"), image.text("offer"), image.text("sku"))


def _capabilities(pool: Subject, size: str, see: Scope) -> Mapping[str, str]:
    account = see.account_of(pool)
    if account is None:
        raise NotLooked("the region of its account is not known")
    found = see.live.vm_sizes(account.text("location")).get(size.lower())
    if found is None:
        raise Inapplicable("the region does not offer the size")
    return found.capabilities


def _lacking(told: Mapping[str, str], kind: str, at_host: bool) -> Iterator[tuple[str, str]]:
    """Yield the capabilities that are asked for and that the service says are not there."""
    generations = told.get("HyperVGenerations", "V2")
    if kind and "V2" not in generations:
        yield "HyperVGenerations", "generation 2 machines"
    if kind == "trustedlaunch" and told.get("TrustedLaunchDisabled", "").lower() == "true":
        yield "TrustedLaunchDisabled", "trusted launch"
    if at_host and told.get("EncryptionAtHostSupported", "true").lower() == "false":
        yield "EncryptionAtHostSupported", "encryption at host"
