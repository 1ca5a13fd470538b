"""How long Batch supports an image."""

from collections.abc import Iterator
from datetime import date

from batchplan.policy.home import was_read
from batchplan.policy.images import (
    Machine,
    Reference,
    entries,
    keeps_machines,
    known_end,
    machines,
    reference,
    successors,
    told_end,
)
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING

DAYS = Param("days", 90, "How many days before the end to say so.")
ERROR_DAYS = Param("error_days", 30, "How many days before the end it is an error.")


@rule(
    "BP1101",
    "Image is past its end of life",
    kinds=STARTING,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["supported_images"],
)
def image_ended(subject: Subject, see: Scope) -> Iterator[Finding]:
    """Batch no longer supports the image of a pool or an auto pool, or the image it was made from.

    Why: Batch takes no new pools of such an image. Nodes get no fixes, and what is lost does not come back, so that a
    replacement under pressure is what is left.

    Instead: Take a newer SKU, and the node agent that fits it; batchplan replaces the pool blue-green.

    Source: "Azure Batch best practices", Pools: images with impending end-of-life dates; List Supported Images,
    batchSupportEndOfLife; Azure Advisor. Where the list was not read or names no day, the end of the operating system's
    own support counts, and the finding is a warning; so it is for a pool that is there and keeps its image.

    Exceptions: pools that are kept to read what is on them.
    """
    for one in machines(subject, "image_reference"):
        ref = reference(one.view)
        listed = was_read(see, "supported_images", one.account_id)
        told = told_end(entries(one.account_id, see, ref)) if listed else None
        end = told or known_end(ref)
        if end is not None and see.days_until(end) < 0:
            whose = "which Batch supported" if told else "whose operating system was supported"
            yield Finding(
                f"{one.title} has {ref.told}, {whose} until {end}.",
                ref.path,
                actual=str(ref),
                remediation=_next(one, see, ref, see.as_of) if listed else _newer(one),
                severity=Severity.ERROR
                if told and not keeps_machines(subject, "image_reference")
                else Severity.WARNING,
            )
        elif not listed:
            entries(one.account_id, see, ref)  # which says that the list is needed


@rule(
    "BP1102",
    "Image reaches its end of life soon",
    kinds=STARTING,
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["supported_images"],
    params=[DAYS, ERROR_DAYS],
)
def image_ends_soon(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The image of a pool will not be supported by Batch much longer.

    Why: After the end of support the pool can no longer grow, and nodes that are lost do not come back. Replacing a
    pool takes planning, and so is better begun early.

    Instead: Plan the replacement now: take a newer SKU, and the node agent that fits it.

    Source: "Azure Batch best practices", Pools: images with impending end-of-life dates; List Supported Images,
    batchSupportEndOfLife. Where the list names no day, the end of the operating system's own support counts.
    Until then a pool works, so that the rule advises; `strict` makes it stop.
    """
    found = [(one, ref, end) for one, ref, end in _ends(subject, see) if end is not None]
    if not found:
        raise Inapplicable("nobody names an end")
    for one, ref, end in found:
        left = see.days_until(end)
        if 0 <= left < see.param(DAYS):
            yield Finding(
                f"{one.title} has {ref.told}, which is supported until {end} ({left} days).",
                ref.path,
                actual=str(ref),
                remediation=_next(one, see, ref, end),
                severity=Severity.ERROR if left < see.param(ERROR_DAYS) else Severity.WARNING,
            )


def _ends(subject: Subject, see: Scope) -> Iterator[tuple[Machine, Reference, date | None]]:
    for one in machines(subject, "image_reference"):
        ref = reference(one.view)
        yield one, ref, told_end(entries(one.account_id, see, ref)) or known_end(ref)


def _newer(one: Machine) -> str:
    then = "; batchplan replaces the pool blue-green" if one.view.kind == "pool" else ""
    return f"Take a newer image and the node agent that fits it{then}."


def _next(one: Machine, see: Scope, ref: Reference, least: date) -> str:
    later = [sku for sku in successors(one.account_id, see, ref, least) if sku != ref.sku]
    if not later:
        return _newer(one)
    what = "Make a new image from" if ref.base else "Take"
    return f"{what} the SKU {' or '.join(later)} of {ref.offer}, with the node agent that fits it."
