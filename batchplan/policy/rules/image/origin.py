"""Where an image comes from, and who cares for it."""

from collections.abc import Iterator

from batchplan.policy.hints import hint
from batchplan.policy.home import in_own_subscription, undeclared
from batchplan.policy.images import BASE, own_image, own_path, urn
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, variants


def _own(pool: Subject, *names: str) -> list[View]:
    found = [view for view in variants(pool, "image_reference", *names) if own_image(view)]
    if not found:
        raise Inapplicable("its image is of the marketplace")
    return found


@rule("BP1106", "Custom image of unknown origin", kinds=["pool"], level=Level.ADVISORY)
def image_of_unknown_origin(pool: Subject, _: Scope) -> Iterator[Finding]:
    """Nothing says which marketplace image a pool's own image was made from.

    Why: Batch's support of an image of one's own ends with that of the image it was made from, and so does that of its
    node agent. Nobody can follow the date of an image that is not named.

    Instead: Name it in a tag of the pool, `base_image = "publisher:offer:sku"`. The rules about ends of life, supported
    images and node agents then look at it.

    Source: "Azure Batch best practices", Pools: images with impending end-of-life dates, custom images.
    """
    for view in _own(pool, "tags", "metadata"):
        said = hint(view, BASE)
        if urn(said) is None:
            what = f'the tag {BASE} is "{said}"' if said else f"no tag {BASE} says what it was made from"
            yield Finding(
                f"{called(pool, view)} has an image of its own, and {what}; its end of support cannot be followed.",
                own_path(view),
                expected="publisher:offer:sku",
                actual=said or None,
                remediation=f'Set tags = {{ {BASE} = "publisher:offer:sku" }} to the marketplace image it was made '
                "from.",
            )


@rule("BP1109", "Image of the publisher microsoft-azure-batch", kinds=["pool"], level=Level.ADVISORY)
def image_of_batch_publisher(pool: Subject, _: Scope) -> Iterator[Finding]:
    """The image of a pool is published by microsoft-azure-batch.

    Why: Nothing promises that these images follow the ones they are made from. Security fixes can come late or not at
    all.

    Instead: Take the image of the operating system's publisher. For containers, microsoft-dsvm's ubuntu-hpc brings
    Docker with it; otherwise make an image of your own in a gallery.

    Source: "Azure Batch best practices", Pools: operating system updates.

    Exceptions: container pools for which no other image has what they need.
    """
    found = [view for view in variants(pool, "image_reference") if not own_image(view)]
    if not found:
        raise Inapplicable("it is an image of one's own")
    for view in found:
        image = view.need("image_reference")
        if image.text("publisher").casefold() == "microsoft-azure-batch":
            yield Finding(
                f"{called(pool, view)} has an image of microsoft-azure-batch ({image.text('offer')} "
                f"{image.text('sku')}), which may lag behind security fixes.",
                image.path("publisher"),
                actual=image.text("publisher"),
                remediation="Take the image of its operating system's publisher, ubuntu-hpc of microsoft-dsvm for "
                "containers, or a gallery image that you patch.",
            )


@rule(
    "BP1111",
    "Terms of the image are not accepted",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["marketplace_terms"],
)
def terms_not_accepted(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool in the user's subscription has an image whose publisher's terms nobody accepted there.

    Why: Its nodes are not made: "Allocation failed due to marketplace purchase eligibility check".

    Instead: Accept the terms once for the subscription.

    Source: "Azure Batch best practices", Pools: third-party images.

    Exceptions: private offers, whose terms are agreed elsewhere.
    """
    found = [view for view in variants(pool, "image_reference", "account_id") if not own_image(view)]
    asked = [(view, in_own_subscription(view, see)) for view in found]
    if all(own is False for _, own in asked):
        raise Inapplicable("it has no marketplace image in a subscription of the user's own")
    for view, own in asked:
        if own is None:
            raise undeclared(view, "allocation mode")
        if own:
            yield from _unsigned(pool, view, see)


def _unsigned(pool: Subject, view: View, see: Scope) -> Iterator[Finding]:
    image = view.need("image_reference")
    named = ":".join(image.text(name) for name in ("publisher", "offer", "sku"))
    row = see.live.row("marketplace_terms", named)
    if row.get("plan") and not row.get("accepted"):
        yield Finding(
            f"{called(pool, view)} has image {named}, whose terms are not accepted in its subscription.",
            image.path("sku"),
            actual=named,
            remediation=f"az vm image terms accept --urn {named}:{image.text('version') or 'latest'}",
        )


@rule(
    "BP1114",
    "Image is not prepared for Batch",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["gallery_images"],
)
def image_not_prepared(pool: Subject, see: Scope) -> Iterator[Finding]:
    """An image of one's own has something that Batch's nodes cannot start with.

    Why: Batch makes many nodes from one image and puts its agent on each: the image has to be generalized, its OS disk
    must not be encrypted, and it must not bring VM extensions along.

    Instead: Make the image anew: remove extensions, generalize the machine, capture it without disk encryption.

    Source: "Use the Azure Compute Gallery to create a custom image pool", 2024-03: prerequisites.
    """
    for view in _own(pool):
        row = see.live.row("gallery_images", own_image(view))
        faults = {
            "specialized, not generalized": str(row.get("os_state", "")).casefold() == "specialized",
            "made with an encrypted OS disk": bool(row.get("os_disk_encrypted")),
            f"made with VM extensions ({', '.join(row.get('extensions', ()))})": bool(row.get("extensions")),
        }
        for fault, present in faults.items():
            if present:
                yield Finding(
                    f"The image of {called(pool, view)} is {fault}, and Batch cannot make nodes from it.",
                    own_path(view),
                    remediation="Make the image anew from a generalized machine without extensions and disk "
                    "encryption, and name its version.",
                )
