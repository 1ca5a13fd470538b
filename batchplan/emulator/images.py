"""Marketplace images Batch supports: what is listed, and what a pool may name. Facts: `data/images.json`."""

import re
from functools import cache

from batchplan.emulator.catalogue import document
from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Json

_COMPUTE = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute"
_MANAGED = f"{_COMPUTE}/images/{{imageName}}"
_GALLERY = f"{_COMPUTE}/galleries/{{galleryName}}/images/{{galleryImageName}}"
_VERSION = f"{_GALLERY}/versions/{{galleryImageVersionName}}"


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


def require_image(reference: Json, *, managed: bool = False) -> None:
    """Raise 400 as recorded for an image id of another form, or an offer Batch never knew.

    Members are the data plane's. `managed` images went with api-version 2024-02-01.19.0 (recorded: an older
    one names three forms of ids, that one two). Offers that left the list still count as known: old pools,
    and clients' tests, name them.
    """
    image_id = reference.get("virtualMachineImageId")
    forms = (*((_MANAGED,) if managed else ()), _VERSION, _GALLERY)
    if image_id and not any(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", form), image_id, re.IGNORECASE) for form in forms):
        reason = f"The specified resource id must be of the format {' or '.join(forms)}"
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
