"""Marketplace images Batch supports: what is listed, and what a pool may name. Facts: `data/images.json`."""

import re
from functools import cache

from batchplan.emulator.catalogue import document
from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Json

_GALLERY = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute"
    "/galleries/{galleryName}/images/{galleryImageName}"
)
_GALLERY_ID = re.compile(re.sub(r"\{\w+\}", "[^/]+", _GALLERY) + "(/versions/[^/]+)?", re.IGNORECASE)


@cache
def supported_images() -> tuple[Json, ...]:
    """Return the images as `GET /supportedimages` lists them, by publisher, offer and sku."""
    listed = []
    for publisher, offer, sku, agent, system, verification, capabilities, end in document("images.json")["images"]:
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
    """Raise 400 as recorded for an image id that is no gallery image, or an offer Batch never knew.

    Members are the data plane's. Offers that left the list still count as known: old pools, and clients'
    tests, name them.
    """
    image_id = reference.get("virtualMachineImageId")
    if image_id and not _GALLERY_ID.fullmatch(image_id):
        reason = (
            "The specified resource id must be of the format "
            f"{_GALLERY}/versions/{{galleryImageVersionName}} or {_GALLERY}"
        )
        raise invalid_property("virtualMachineImageId", image_id, reason)
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
    table = document("images.json")
    return frozenset((row[0], row[1]) for row in (*table["images"], *table["retired"]))
