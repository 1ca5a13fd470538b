"""What policy is told of the state: the pools that addresses have and had, rollouts, and regions at work."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from batchplan.policy.context import Generation, StateSummary
from batchplan.state.model import RolloutRecord, StateDocument


def summary(state: StateDocument) -> StateSummary:
    """Return what a state remembers, in the form in which rules look at it."""
    present = [one for one in state.resources if one.remote.kind == "pool"]
    there = {one.remote.name.casefold() for one in present}
    generations = [Generation(one.address, one.remote.name, one.created_at) for one in present]
    for address, listed in state.rollouts.items():
        generations += [one for one in _gone(address, listed) if one.name.casefold() not in there]
    told = state.model_dump(mode="json", include={"rollouts", "active_regions", "drills"})
    return StateSummary(state.serial, tuple(generations), **told)


def _gone(address: str, listed: Sequence[RolloutRecord]) -> Iterator[Generation]:
    """Yield the pools that the rollouts of an address name, oldest first, with when they were made and went.

    A rollout tells when its candidate was made; of the pool that was there before the first one, nothing does.
    """
    names = dict.fromkeys(name for one in listed for name in (one.previous, one.candidate))
    for name in names:
        made = next((one.started_at for one in listed if one.candidate == name), None)
        yield Generation(address, name, made, _left(name, listed))


def _left(name: str, listed: Iterable[RolloutRecord]) -> datetime:
    """Return when a pool went, as far as its last rollout tells: when that came into the phase it is in."""
    return max(one.since for one in listed if name in (one.previous, one.candidate))
