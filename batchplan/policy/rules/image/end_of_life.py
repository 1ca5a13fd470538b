"""How long Batch supports an image."""

from collections.abc import Iterator

from batchplan.policy.live import SupportedImage
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

DAYS = Param("days", 90, "How many days before the end to say so.")
ERROR_DAYS = Param("error_days", 30, "How many days before the end it is an error.")


@rule(
    "BP1102",
    "Image reaches its end of life soon",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.SOFT,
    inputs=["supported_images"],
    params=[DAYS, ERROR_DAYS],
)
def image_ends_soon(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The image of a pool will not be supported by Batch much longer.

    Why: After the end of support the pool can no longer grow, and nodes that are lost do not come back. Replacing a
    pool takes planning, and so is better begun early.

    Instead: Plan the replacement now: take a newer SKU, and the node agent that fits it.

    Source: "Azure Batch best practices", Pools: image life cycle; List Supported Images, batchSupportEndOfLife.
    """
    image = _listed(pool, see)
    if image.end_of_life is None:
        raise Inapplicable("the service names no end")
    left = see.days_until(image.end_of_life)
    if 0 <= left < see.param(DAYS):
        yield Finding(
            f"{pool.address} uses {image.offer} {image.sku}, supported until {image.end_of_life:%Y-%m-%d} "
            f"({left} days).",
            "image_reference.sku",
            actual=image.sku,
            remediation="Take a newer image and the node agent that fits it; batchplan replaces the pool blue-green.",
            severity=Severity.ERROR if left < see.param(ERROR_DAYS) else Severity.WARNING,
        )


def _listed(pool: Subject, see: Scope) -> SupportedImage:
    """Return the entry of the list for a pool's image; the rule does not apply to one that is not in it."""
    image: View = pool.need("image_reference")
    if not image.has("publisher"):
        raise Inapplicable("it is an image of one's own")
    names = (image.text("publisher"), image.text("offer"), image.text("sku"))
    assert pool.remote is not None, "pools have their names when planning"
    for one in see.live.supported_images(pool.remote.account_id):
        if one.matches(*names):
            return one
    raise Inapplicable("the image is not in the list")
