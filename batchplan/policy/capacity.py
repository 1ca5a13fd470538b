"""How many nodes and cores a pool can come to, from its targets or from the proved bounds of its formula."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce

from batchplan.plan.formula import family_name
from batchplan.policy.formulas import report
from batchplan.policy.model import NotLooked
from batchplan.policy.subject import View
from batchplan.schema import sizes


@dataclass(frozen=True, slots=True)
class Span:
    """From how few to how many; `high` None where nothing limits it."""

    low: int
    high: int | None

    def plus(self, other: "Span") -> "Span":
        """Return the span of both together."""
        return Span(self.low + other.low, None if self.high is None or other.high is None else self.high + other.high)

    def times(self, each: int) -> "Span":
        """Return the span of so many for each."""
        return Span(self.low * each, None if self.high is None else self.high * each)


@dataclass(frozen=True, slots=True)
class NodeSpan:
    """The nodes of a pool: dedicated, and Spot or low-priority."""

    dedicated: Span
    spot: Span

    @property
    def total(self) -> Span:
        """Both together."""
        return self.dedicated.plus(self.spot)


NONE = Span(0, 0)


def nodes(pool: View) -> NodeSpan:
    """Return how many nodes a pool can have; a pool that says nothing has none. Raises as `View.get` does.

    A target that a formula never sets stays as it is, which is 0 in a new pool.
    """
    fixed = pool.block("fixed_scale")
    if fixed is not None:
        counts = (fixed.number("target_dedicated_nodes"), fixed.number("target_low_priority_nodes"))
        return NodeSpan(*(Span(count, count) for count in counts))
    auto = pool.block("auto_scale")
    return formula_nodes(auto.text("formula")) if auto is not None else NodeSpan(NONE, NONE)


@lru_cache(maxsize=1024)
def formula_nodes(formula: str) -> NodeSpan:
    """Return the proved bounds of a formula; many pools share one."""
    found = report(formula).bounds
    spans = (NONE if one.keeps else Span(one.low, one.high) for one in (found.dedicated, found.low_priority))
    return NodeSpan(*spans)


def cores_per_node(pool: View) -> int | None:
    """Return the vCPUs of a node, None when its size is not known. Raises as `View.get` does."""
    found = sizes.size(pool.text("vm_size"))
    return found.cores if found is not None else None


def is_windows(pool: View) -> bool:
    """Return whether the nodes run Windows, as their agent tells."""
    return "windows" in pool.text("node_agent_sku_id").lower()


@dataclass(frozen=True, slots=True)
class Cores:
    """The vCPUs that a pool can come to, dedicated and Spot, and the family that dedicated ones are counted for."""

    dedicated: Span
    spot: Span
    size: str
    family: str


def cores(pool: View, count: NodeSpan | None = None) -> Cores:
    """Return the vCPUs of a pool, or of so many of its nodes.

    Raises as `View.get` does, and NotLooked where its size is not known.
    """
    name, count = pool.text("vm_size"), count if count is not None else nodes(pool)
    found = sizes.size(name)
    if found is None and count.total != NONE:
        raise NotLooked(f"how many cores {name} has is not known")
    each = found.cores if found is not None else 0
    family = (found.family or family_name(found.name)) if found is not None else ""
    return Cores(count.dedicated.times(each), count.spot.times(each), name, family)


def together(spans: Iterable[Span]) -> Span:
    """Return the sum of spans."""
    return reduce(Span.plus, spans, NONE)


@lru_cache(maxsize=1024)
def family(size: str) -> str:
    """Return the family of a size, or what its name tells of it: `standard_d8s_v5` is of `standard_ds_v5`."""
    found = sizes.size(size)
    if found is not None and found.family:
        return found.family.lower()
    return re.sub(r"\d+(?:-\d+)?(?=[a-z]*_)", "", size.lower(), count=1)
