"""Which image a pool has, and what Batch's own list and the table of known ends tell about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from batchplan.policy import facts
from batchplan.policy.fate import keeps
from batchplan.policy.hints import hint
from batchplan.policy.live import SupportedImage
from batchplan.policy.model import Inapplicable
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.tasks import auto_pool, vm
from batchplan.policy.variants import called, variants

BASE = "base_image"
"""The tag, or metadata entry, that says which marketplace image an image of one's own was made from."""

_OWN = ("id", "shared_gallery_image_id", "community_gallery_image_id")
_URN = re.compile(r"([^:\s]+):([^:\s]+):([^:\s]+)(?::[^:\s]+)?")


@dataclass(frozen=True, slots=True)
class Reference:
    """A marketplace image: that of the pool, or the one that its own image was made from (`base`)."""

    publisher: str
    offer: str
    sku: str
    base: bool
    path: str

    def __str__(self) -> str:
        return f"{self.publisher}:{self.offer}:{self.sku}"

    @property
    def told(self) -> str:
        """What it is called in a sentence."""
        return f"an image made from {self}" if self.base else f"the image {self}"


def own_image(view: View) -> str:
    """Return the id of an image of one's own, empty for one of the marketplace."""
    image = view.need("image_reference")
    return next((text for name in _OWN if (text := image.text(name))), "")


def own_path(view: View) -> str:
    """Return the path of the id of an image of one's own."""
    image = view.need("image_reference")
    return image.path(next((name for name in _OWN if image.has(name)), ""))


def is_managed(view: View) -> bool:
    """Return whether a pool has a managed image, which is none of a gallery."""
    return "/providers/microsoft.compute/images/" in own_image(view).lower()


def urn(text: str) -> tuple[str, str, str] | None:
    """Return publisher, offer and SKU of `publisher:offer:sku`, with or without a version; None of anything else."""
    found = _URN.fullmatch(text.strip())
    return (found[1], found[2], found[3]) if found is not None else None


def reference(view: View) -> Reference:
    """Return the marketplace image of a pool, or the base of its own image; without either, not applicable."""
    image = view.need("image_reference")
    if not own_image(view):
        return Reference(
            image.text("publisher"), image.text("offer"), image.text("sku"), base=False, path=image.path("sku")
        )
    parts = urn(hint(view, BASE))
    if parts is None:
        raise Inapplicable(f"it is an image of one's own, and no tag {BASE} says what it was made from")
    return Reference(*parts, base=True, path=own_path(view))


@dataclass(frozen=True, slots=True)
class Machine:
    """What nodes are made of: what a sentence calls it, its block with image, agent and size, and its account's id."""

    title: str
    view: View
    size: View
    account_id: str


def machines(subject: Subject, *names: str) -> Iterator[Machine]:
    """Yield what the nodes of a pool and its backups are made of, or those of a job's auto pool.

    Of backups, those that say something else about one of the members. Without any the rule does not apply.
    """
    if subject.kind == "pool":
        for view in variants(subject, *names):
            yield Machine(called(subject, view), view, view, view.text("account_id"))
        return
    own = auto_pool(subject)
    if own is None or not vm(own).has("image_reference"):
        raise Inapplicable("Batch makes no pool for it")
    yield Machine(f"{subject.address}'s auto pool", vm(own), own, subject.text("account_id"))


def keeps_machines(subject: Subject, *names: str) -> bool:
    """Return whether nothing new is made of an image or a size; a schedule makes a new pool again and again."""
    if subject.kind == "pool":
        return keeps(subject, *names)
    return subject.kind == "job" and keeps(subject, "pool_info")


def entries(account_id: str, see: Scope, ref: Reference) -> list[SupportedImage]:
    """Return the entries of Batch's list for an image. Raises NotLooked when the list was not read."""
    listed = see.live.supported_images(account_id)
    return [one for one in listed if one.matches(ref.publisher, ref.offer, ref.sku)]


def known_end(ref: Reference) -> date | None:
    """Return the day that the table of known ends has for an image, for where the service tells none."""
    return facts.image_end(ref.publisher, ref.offer, ref.sku)


def told_end(found: list[SupportedImage]) -> date | None:
    """Return the day that Batch's list has for an image, the latest where entries differ."""
    return max((one.end_of_life.date() for one in found if one.end_of_life is not None), default=None)


def successors(account_id: str, see: Scope, ref: Reference, least: date) -> list[str]:
    """Return up to three SKUs of the same offer and processor that are supported beyond a day, the longest first."""
    listed = see.live.supported_images(account_id)
    offer = (ref.publisher.lower(), ref.offer.lower())
    ends = {
        one.sku: one.end_of_life.date() if one.end_of_life is not None else date.max
        for one in listed
        if (one.publisher.lower(), one.offer.lower()) == offer
    }
    arm = "arm64" in ref.sku.lower()
    later = [sku for sku, end in ends.items() if end > least and ("arm64" in sku.lower()) is arm]
    return sorted(later, key=lambda sku: (-ends[sku].toordinal(), sku))[:3]
