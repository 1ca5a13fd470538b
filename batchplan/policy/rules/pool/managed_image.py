"""Pools of managed images, which galleries have replaced."""

from collections.abc import Iterator

from batchplan.policy import facts
from batchplan.policy.capacity import Span, nodes
from batchplan.policy.fate import keeps
from batchplan.policy.images import is_managed, own_image, own_path
from batchplan.policy.model import Finding, Inapplicable, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, scale_path, variants


@rule("BP1006", "Managed image instead of a gallery image", kinds=["pool"], level=Level.SOFT)
def managed_image(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is made from a managed image and not from an image of an Azure Compute Gallery.

    Why: Batch ends pools of managed images and of VHD blobs; then they can be neither made nor grown. Until then nodes
    start more slowly and less reliably than from a gallery, and there can be fewer of them.

    Instead: Make an image version of the managed image in a gallery, with a replica in the account's region, and name
    it in `image_reference { id = … }`.

    Source: "Azure Batch best practices", Custom image pools; the custom image migration guide, which names 31 March
    2026. A service of 2024 was recorded that refuses the ids already. A pool that is there and keeps its image goes on
    with the nodes it has, so that it is warned about and does not stop an apply.
    """
    ends = facts.retirement("feature", "managed_images")
    assert ends is not None, "the table has it"
    over = see.days_until(ends.on) < 0
    own = [view for view in variants(pool, "image_reference") if own_image(view)]
    if not own:
        raise Inapplicable("it is an image of the marketplace")
    for view in own:
        if is_managed(view):
            when = f"whose support ended on {ends.on}" if over else f"which Batch supports until {ends.on}"
            yield Finding(
                f"{called(pool, view)} has a managed image, {when}.",
                own_path(view),
                expected="/providers/Microsoft.Compute/galleries/…",
                actual=own_image(view),
                remediation="Put the image into an Azure Compute Gallery with a replica in the account's region, and "
                "name its version in image_reference.",
                severity=Severity.ERROR if over and not keeps(pool, "image_reference") else Severity.WARNING,
            )


@rule("BP1007", "Pool of a managed image is too large", kinds=["pool"], severity=Severity.ERROR, level=Level.HARD)
def managed_image_pool_too_large(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool of a managed image can ask for more nodes than such pools may have.

    Why: Nodes beyond the limit are never made, and the resize ends with an error.

    Instead: Use an image of an Azure Compute Gallery, or a lower target.

    Source: "Batch service quotas and limits": 2000 dedicated and 1000 Spot nodes for pools of managed images.
    """
    managed = [view for view in variants(pool, "image_reference", "fixed_scale", "auto_scale") if is_managed(view)]
    if not managed:
        raise Inapplicable("it has no managed image")
    for view in managed:
        span = nodes(view)
        yield from _too_many(pool, view, span.dedicated, "dedicated")
        yield from _too_many(pool, view, span.spot, "spot")


def _too_many(pool: Subject, view: View, span: Span, kind: str) -> Iterator[Finding]:
    most = facts.limit(f"{kind}_nodes_of_managed_image_pool")
    if span.high is not None and span.high > most:
        word = "dedicated" if kind == "dedicated" else "Spot"
        yield Finding(
            f"{called(pool, view)} can ask for {span.high} {word} nodes; a pool of a managed image has at most {most}.",
            scale_path(view),
            expected=most,
            actual=span.high,
            remediation=f"Use a gallery image, or ask for at most {most} {word} nodes.",
        )
