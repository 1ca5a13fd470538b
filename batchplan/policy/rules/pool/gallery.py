"""Where the images of a gallery are, and how often."""

from collections.abc import Iterator, Mapping
from math import ceil

from batchplan.policy import facts
from batchplan.policy.capacity import nodes
from batchplan.policy.home import region
from batchplan.policy.images import own_image, own_path
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, counted, variants


def _images(pool: Subject, *names: str) -> list[tuple[View, str]]:
    found = [(view, own_image(view)) for view in variants(pool, "image_reference", "account_id", *names)]
    gallery = [(view, image) for view, image in found if "/galleries/" in image.lower()]
    if not gallery:
        raise Inapplicable("its image is not of a gallery")
    return gallery


def _replicas(image: str, see: Scope) -> Mapping[str, int]:
    """Return how many replicas an image has, by region."""
    row: Mapping[str, int] = see.live.row("gallery_images", image)["replicas"]
    return row


@rule(
    "BP1009",
    "Too few replicas of a gallery image",
    kinds=["pool"],
    phase=Phase.LIVE,
    level=Level.ADVISORY,
    inputs=["gallery_images"],
)
def too_few_replicas(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A gallery image has fewer replicas in the region than the largest pool needs.

    Why: All new nodes copy their disk from the replicas. With too few the copies are throttled, and a resize runs out
    of time.

    Instead: Raise the replica count of the image version in that region: one for each 300 nodes.

    Source: "Use the Azure Compute Gallery to create a custom image pool", 2024-03.

    Exceptions: pools that grow slowly.
    """
    for view, image in _images(pool, "fixed_scale", "auto_scale"):
        where, high = region(view, see), nodes(view).total.high
        there = _replicas(image, see).get(where, 0)
        if high is None or not there:
            continue  # BP1214 and BP1010 say so
        wanted = ceil(high / facts.limit("gallery_replica_instances"))
        if there < wanted:
            yield Finding(
                f"{called(pool, view)} can have {high} nodes; its image has {counted(there, 'replica')} in {where}, "
                f"and so many need {wanted}.",
                own_path(view),
                expected=wanted,
                actual=there,
                remediation=f"Set the replica count of the image version in {where} to {wanted}.",
            )


@rule(
    "BP1010",
    "Gallery image is not in the region",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["gallery_images"],
)
def image_not_in_region(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A gallery image has no replica in the region of the pool's account.

    Why: Nodes are made from the replica in their own region only; without one there are none.

    Instead: Add the region to the target regions of the image version, and wait for the replication.

    Source: "Use the Azure Compute Gallery to create a custom image pool", 2024-03; REST API, imageReference.id.
    """
    for view, image in _images(pool):
        where, there = region(view, see), _replicas(image, see)
        if where not in there:
            places = ", ".join(sorted(there)) or "none"
            yield Finding(
                f"The image of {called(pool, view)} has no replica in {where}; it is in {places}.",
                own_path(view),
                expected=where,
                actual=places,
                remediation=f"Add {where} to the target regions of the image version.",
            )
