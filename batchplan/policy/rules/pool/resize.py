"""How long a resize may take."""

from collections.abc import Iterator
from decimal import Decimal

from batchplan.plan.change import Action
from batchplan.policy import facts
from batchplan.policy.capacity import nodes
from batchplan.policy.images import is_managed, own_image
from batchplan.policy.model import Edit, Finding, Inapplicable, Level
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, variants
from batchplan.schema.times import duration_text, seconds


@rule("BP1008", "Resize timeout is short for the pool's size", kinds=["pool"], level=Level.ADVISORY)
def resize_timeout_too_short(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool may ask for more nodes than a resize can bring before its timeout.

    Why: When the time is over the resize stops with what it has (AllocationTimedOut), and the pool stays too small
    until somebody asks again.

    Instead: Give `resize_timeout` half an hour for more than 1000 nodes of a marketplace image, or 300 of a managed
    one; for an image of a gallery, a quarter of an hour for each 1000 nodes.

    Source: "Check for pool and node errors", resize timeout; "Use the Azure Compute Gallery to create a custom image
    pool", 2024-03. A gallery is looked at as the newer page says.

    Exceptions: pools that grow in small steps. Autoscaled pools have no such timeout to set.
    """
    fixed = [view for view in variants(pool, "fixed_scale", "image_reference") if view.has("fixed_scale")]
    if not fixed:
        raise Inapplicable("it is not of a fixed size")
    for view in fixed:
        count = _coming(pool, view)
        needed, rounded = _needed(view, count)
        given = seconds(view.text("fixed_scale.resize_timeout"))
        if given is not None and given < needed:
            path, enough = view.path("fixed_scale.resize_timeout"), duration_text(Decimal(rounded))
            yield Finding(
                f"{called(pool, view)} asks for {count} nodes within {duration_text(given)}; so many need {enough}.",
                path,
                expected=enough,
                actual=duration_text(given),
                remediation=f'Set resize_timeout = "{enough}".',
                edit=Edit(path, enough),
            )


def _coming(pool: Subject, view: View) -> int:
    """Return how many nodes the next resize can have to make: all of a new pool, the difference of one that stays."""
    low = nodes(view).total.low
    if view.at or not pool.live or pool.action not in (Action.NOOP, Action.UPDATE):
        return low
    there = pool.facts.get("current_dedicated_nodes", 0) + pool.facts.get("current_low_priority_nodes", 0)
    return max(low - int(there), 0)


def _needed(view: View, count: int) -> tuple[float, int]:
    """Return how many seconds so many nodes take, and the timeout to set for them."""
    usual = facts.limit("resize_timeout_seconds_default")
    own = bool(own_image(view))
    if own and not is_managed(view):
        share = facts.limit("gallery_nodes_per_resize_timeout")
        return usual * count / share, usual * -(-count // share)
    many = facts.limit("custom_image_nodes_for_long_resize" if own else "marketplace_nodes_for_long_resize")
    long = facts.limit("resize_timeout_seconds_long") if count > many else 0
    return long, long
