"""VM sizes: whether Batch offers them, and for how long."""

from collections.abc import Iterator
from datetime import date

from batchplan.core.suggest import nearest
from batchplan.policy import facts
from batchplan.policy.fate import keeps
from batchplan.policy.home import home, offered, region, was_read
from batchplan.policy.images import keeps_machines, machines
from batchplan.policy.live import OfferedSize
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.tasks import STARTING
from batchplan.policy.variants import called, variants
from batchplan.schema import sizes

DAYS = Param("days", 180, "How many days before the end to say so.")


@rule(
    "BP1014",
    "VM size is not offered in the region",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["vm_sizes"],
)
def size_not_offered(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Batch does not offer a pool's VM size in the region of its account.

    Why: The service refuses the pool, or its nodes are never made.

    Instead: Take a size that the region has; the finding names some with as many cores.

    Source: "Choose a VM size for compute nodes in an Azure Batch pool": Location, List Supported Virtual Machine SKUs.

    Exceptions: sizes that are newer than the list, which lags: so it only warns. Pools that keep their nodes are not looked at; BP1015 says when
    their size ends.
    """
    if keeps(pool, "vm_size"):
        raise Inapplicable("it keeps its nodes")
    for view in variants(pool, "vm_size", "account_id"):
        if offered(view, see) is None:
            size, where = view.text("vm_size"), region(view, see)
            others = _alike(size, list(see.live.vm_sizes(where).values()))
            yield Finding(
                f"{called(pool, view)} is to have the size {size}, which Batch does not offer in {where}.",
                view.path("vm_size"),
                actual=size,
                remediation=f"Take another size, such as {', '.join(others)}." if others else "Take another region.",
            )


def _alike(name: str, found: list[OfferedSize]) -> list[str]:
    """Return up to three sizes: the one that was perhaps meant, then those with as many cores."""
    meant = nearest(name, (one.name for one in found))
    known = sizes.size(name)
    same = sorted(one.name for one in found if known is not None and one.cores == known.cores and one.name != meant)
    return ([meant] if meant else []) + same[: 2 if meant else 3]


@rule("BP1015", "VM size is being retired", kinds=STARTING, level=Level.SOFT, params=[DAYS])
def size_retires(subject: Subject, see: Scope) -> Iterator[Finding]:
    """Azure ends, or has ended, the VM size of a pool.

    Why: After the last day its nodes are taken away, and no new ones are made. The same size cannot be had in another
    region either.

    Instead: Move to a newer series early: quota for it has to be asked for. batchplan replaces the pool blue-green.

    Source: Azure Advisor, retiring VM sizes of Batch pools; Location, List Supported Virtual Machine SKUs,
    batchSupportEndOfLife, where it was read; a table of announced retirements otherwise. Days in it that no page of
    Microsoft's confirms are said to be so and never make an error; nor does a pool that is there and keeps its size,
    since nothing is made that could fail.
    """
    for one in machines(subject, "vm_size"):
        view = one.size
        end, instead, sure = _end(view, see)
        if end is None or (left := see.days_until(end)) >= see.param(DAYS):
            continue
        size, about = view.text("vm_size"), "" if sure else " (a day that is not confirmed)"
        when = f"was retired on {end}" if left < 0 else f"is retired on {end}, in {left} days"
        yield Finding(
            f"The size {size} of {one.title} {when}{about}.",
            view.path("vm_size"),
            actual=size,
            remediation=f"Set vm_size to a size of {instead}." if instead else "Set vm_size to a newer series.",
            severity=Severity.ERROR
            if left < 0 and sure and not keeps_machines(subject, "vm_size")
            else Severity.WARNING,
        )


def _end(view: View, see: Scope) -> tuple[date | None, str, bool]:
    """Return the last day of a pool's size, what is taken instead, and whether the day is sure."""
    known = facts.retirement("size", view.text("vm_size"))
    instead = known.instead if known is not None else ""
    told = _told_end(view, see)
    if told is not None:
        return told, instead, True
    return (known.on, instead, known.confirmed) if known is not None else (None, "", False)


def _told_end(view: View, see: Scope) -> date | None:
    if home(view, see) is None or not was_read(see, "vm_sizes", region(view, see)):
        return None  # the table has to do
    size = offered(view, see)
    return size.end_of_life.date() if size is not None and size.end_of_life is not None else None
