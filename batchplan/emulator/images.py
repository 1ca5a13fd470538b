"""Marketplace images Batch supports: what is listed, and what a pool may name. Facts: `data/images.json`."""

from functools import cache

from batchplan.emulator.catalogue import document
from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Json


@cache
def supported_images() -> tuple[Json, ...]:
    """Return the images as `GET /supportedimages` lists them, by publisher, offer and sku."""
    listed = []
    for publisher, offer, sku, agent, system, verification, capabilities, end in document("images")["images"]:
        image: Json = {
            "imageReference": {"publisher": publisher, "offer": offer, "sku": sku, "version": "latest"},
            "verificationType": verification,
            "nodeAgentSKUId": agent,
        }
        if capabilities:
            image["capabilities"] = capabilities
        image["osType"] = system
        if end:
            image["batchSupportEndOfLife"] = end
        listed.append(image)
    return tuple(listed)


def require_image(reference: Json) -> None:
    """Raise 400 as recorded for a marketplace image of an offer Batch never knew; members as on either plane.

    Offers that left the list still count as known: old pools, and clients' tests, name them.
    """
    publisher, offer = (str(reference.get(name) or "") for name in ("publisher", "offer"))
    if (not publisher and not offer) or (publisher.lower(), offer.lower()) in _known_offers():
        return
    text = f"publisher {publisher} offer {offer} sku {reference.get('sku') or ''}"
    raise refuse(
        "InvalidPropertyValue",
        ("PropertyName", "imageReference"),
        ("Reason", f"The specified imageReference with {text} is not supported."),
    )


@cache
def _known_offers() -> frozenset[tuple[str, str]]:
    table = document("images")
    return frozenset((row[0], row[1]) for row in (*table["images"], *table["retired"]))
