"""Objects and steps in the order of their needs. The order depends only on the order in which they come."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from batchplan.config.graph import topological
from batchplan.plan.step import Step

N = TypeVar("N", bound=Hashable)


def in_order(needs: Mapping[N, Iterable[N]]) -> list[N]:
    """Return the keys so that each comes after those it needs; raise AssertionError on a cycle.

    A configuration with a cycle is refused before anything is planned.
    """
    known = {one: [other for other in others if other in needs and other != one] for one, others in needs.items()}
    order, cycles = topological(known)
    assert not cycles, f"a cycle of objects: {cycles[0]}"
    return order


def closure(start: Iterable[N], needs: Mapping[N, Iterable[N]]) -> set[N]:
    """Return what is reached from some objects through what they need, these included."""
    found: set[N] = set()
    waiting = list(start)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(needs.get(one, ()))
    return found


def reversed_needs(needs: Mapping[N, Iterable[N]]) -> dict[N, list[N]]:
    """Return by whom each is needed."""
    made: dict[N, list[N]] = {one: [] for one in needs}
    for one, others in needs.items():
        for other in others:
            if other != one:
                made.setdefault(other, []).append(one)
    return made


def sorted_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps so that each comes after those it needs; needs of steps that are not there are dropped."""
    by_id = {step.id: step for step in steps}
    assert len(by_id) == len(steps), "an id stands for one step"
    order = in_order({step.id: (*step.needs, *step.instead_of) for step in steps})
    return tuple(_with_known(by_id[one], by_id) for one in order)


def _with_known(step: Step, by_id: Mapping[str, Step]) -> Step:
    known = tuple(dict.fromkeys(one for one in step.needs if one in by_id))
    return step if known == step.needs else replace(step, needs=known)
