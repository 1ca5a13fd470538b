"""Steps that record which pools have more nodes for a while, and that give them their own size back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from batchplan.plan.change import Document
from batchplan.plan.step import SetWarm, Step
from batchplan.plan.warm import Warm
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import StateDocument
from batchplan.strategies.chain import Chain
from batchplan.strategies.sizes import to_wanted


def cooled_steps(found: Warm, state: StateDocument) -> tuple[Step, ...]:
    """Return a step for each pool that has its own size again when a plan is done."""
    known = {str(address): (address, remote_of(one)) for address, one in by_address(state).items()}
    return tuple(
        SetWarm(id=f"{name}:cooled", address=known[name][0], remote=known[name][1])
        for name in found.over
        if name in known
    )


def after_sizes(steps: Sequence[Step], moves: Iterable[Step]) -> Iterator[Step]:
    """Yield steps that record something, those that say that a pool has its own size again after it has."""
    for one in moves:
        own = tuple(step.id for step in steps if step.address == one.address) if isinstance(one, SetWarm) else ()
        yield replace(one, needs=tuple(dict.fromkeys((*one.needs, *own))))


def give_back(chain: Chain, document: Document, recorded: Document) -> None:
    """Set the size that is declared. Running tasks end first, unless it is declared otherwise."""
    fixed = document.get("fixed_scale")
    if fixed and not fixed.get("node_deallocation_option"):
        leaving = {**document, "fixed_scale": {**fixed, "node_deallocation_option": "taskcompletion"}}
        to_wanted(chain, leaving, recorded)
    else:
        to_wanted(chain, document, recorded)
