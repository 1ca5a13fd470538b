"""The order of a failover: nowhere does a schedule make jobs before it has been disabled everywhere else.

While the region that is left answers: the other pool gets its nodes, the schedules are disabled here, the state takes
note, the schedules are enabled there, and last this pool's nodes go. When it does not answer, its part is owed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from batchplan.core.address import Address
from batchplan.plan.regions import RegionalPool
from batchplan.plan.step import (
    Create,
    DisableSchedule,
    EnableSchedule,
    Quiet,
    Retime,
    SetActive,
    Step,
    StillSilent,
)


def in_turn(steps: Sequence[Step], regional: Iterable[RegionalPool]) -> list[Step]:
    """Return steps with the needs that keep two regions from working at once."""
    found: dict[str, Step | None] = {step.id: step for step in steps}
    of: dict[Address, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        of[step.address].append(step.id)
        for name in step.needs:
            after[name].append(step.id)
    place = {name: at for at, name in enumerate(found)}
    for group in regional:
        mine = [name for address in {group.pool, *group.members()} for name in of[address]]
        names = sorted({*mine, *(other for name in mine for other in after[name])}, key=place.__getitem__)
        here = {name: one for name in names if (one := found[name]) is not None}
        if here:
            _Turn(group, here).order()
            found.update({name: here.get(name) for name in names})
    return [one for one in found.values() if one is not None]


@dataclass(frozen=True, slots=True)
class _Turn:
    """One pool with backups; `steps` are its own and those that need one of them, by id, and are replaced."""

    group: RegionalPool
    steps: dict[str, Step]

    def order(self) -> None:
        """Add the needs. Without a schedule that is enabled, or a move of the active region, there are few."""
        schedules = {one for by_key in self.group.schedules.values() for one in by_key.values()}
        made = {step.address for step in self.steps.values() if isinstance(step, Create)}
        mine = [step for step in self.steps.values() if step.address in schedules]
        off = [step for step in mine if isinstance(step, DisableSchedule) and step.address not in made]
        on = [step for step in mine if isinstance(step, EnableSchedule)]
        turned_on = {step.address for step in on}
        hours = [step for step in mine if isinstance(step, Retime) and step.address in turned_on]
        moves, settling = self._moves()
        nodes = self._last_of(self.group.pools.get(self.group.active))
        seen = [step.id for step in self.steps.values() if isinstance(step, StillSilent) and self._is_mine(step)]
        leaving = [one for key, one in self.group.pools.items() if key != self.group.active and one not in made]
        self._free_schedules(schedules, leaving)
        self._guard(on)
        self._free_mirrors(on)
        for step in (*off, *(one for one in mine if isinstance(one, Quiet))):
            self._need(step.id, nodes)
        if not on:
            # Nothing takes over, so what is to be disabled is disabled at once; another region may be at work already.
            self._without([step for step in mine if isinstance(step, Quiet)])
            mine = [step for step in mine if step.id in self.steps]
        if not on and not moves:
            # Nothing is switched on, so nobody has to look whether the other region is still away.
            self._without([self.steps[name] for name in seen])
            seen = []
        for name in seen:
            self._need(name, nodes)
        before = [*(step.id for step in off), *seen]
        for name in moves:
            self._need(name, [*nodes, *before])
        for step in (*on, *hours):
            self._need(step.id, [*before, *moves])
        switched = [*before, *moves, *(step.id for step in on)]
        for address in leaving:
            for first in self._first_of(address):
                self._need(first, switched)
        for name in settling:
            self._need(name, [step.id for step in self.steps.values() if step.address in self.group.members()])

    def _guard(self, on: Sequence[Step]) -> None:
        """Have schedules enabled only while their copies are disabled, but for those in accounts that do not answer.

        Of these, `StillSilent` sees shortly before that they still do not.
        """
        found = self.steps.values()
        silent = {one.remote.account_id.lower() for one in found if isinstance(one, StillSilent) and self._is_mine(one)}
        for name in [step.id for step in on]:
            step = self.steps[name]
            assert isinstance(step, EnableSchedule), "these are what is given"
            others = [one for one in self.group.elsewhere(step.remote) if one.account_id.lower() not in silent]
            self.steps[name] = replace(step, elsewhere=tuple(others))

    def _moves(self) -> tuple[list[str], list[str]]:
        """Return the steps that record a move of the active region, and those that say that nothing is owed any more."""
        found = [step for step in self.steps.values() if isinstance(step, SetActive) and self._is_mine(step)]
        return [one.id for one in found if one.since is None], [one.id for one in found if one.since is not None]

    def _is_mine(self, step: Step) -> bool:
        return step.address == self.group.pool

    def _of(self, address: Address | None) -> list[Step]:
        """Return what is done to a pool itself; the moves of its group have its address, and another object."""
        return [one for one in self.steps.values() if one.address == address and one.remote.kind == "pool"]

    def _last_of(self, address: Address | None) -> list[str]:
        of = self._of(address)
        needed = {name for step in of for name in step.needs}
        return [step.id for step in of if step.id not in needed]

    def _first_of(self, address: Address) -> list[str]:
        of = self._of(address)
        own = {step.id for step in of}
        return [step.id for step in of if own.isdisjoint(step.needs)]

    def _free_schedules(self, schedules: set[Address], leaving: Sequence[Address]) -> None:
        """Let schedules not wait for a pool that loses its nodes: it waits for them."""
        own = {step.id for address in leaving for step in self._of(address)}
        for step in list(self.steps.values()):
            if step.address in schedules and not own.isdisjoint(step.needs):
                kept = tuple(name for name in step.needs if name not in own)
                self.steps[step.id] = replace(step, needs=kept)

    def _free_mirrors(self, on: Sequence[Step]) -> None:
        """Let a mirrored schedule wait for what is changed of its original, and not for its being enabled, or what follows.

        On the way back it is the mirror that goes first.
        """
        before = {
            name: tuple(one for one in step.needs if self._is_of(one, step.address))
            for step in on
            for name in (step.id, *self._behind(step))
        }
        for step in list(self.steps.values()):
            if any(one in before and not self._is_of(one, step.address) for one in step.needs):
                needs = [
                    [one] if one not in before or self._is_of(one, step.address) else before[one] for one in step.needs
                ]
                self.steps[step.id] = replace(step, needs=tuple(dict.fromkeys(one for some in needs for one in some)))

    def _behind(self, first: Step) -> list[str]:
        """Return the steps of the same object that come after one."""
        found = [first.id]
        for step in self.steps.values():
            if step.address == first.address and not set(found).isdisjoint(step.needs):
                found.append(step.id)
        return found[1:]

    def _without(self, gone: Iterable[Step]) -> None:
        """Leave steps out; what needed one needs what it needed."""
        for name in [step.id for step in gone]:
            one = self.steps.pop(name)
            for step in list(self.steps.values()):
                if one.id in step.needs:
                    kept = [name for name in step.needs if name != one.id]
                    self.steps[step.id] = replace(step, needs=tuple(dict.fromkeys((*kept, *one.needs))))

    def _is_of(self, name: str, address: Address) -> bool:
        return name in self.steps and self.steps[name].address == address

    def _need(self, name: str, needs: Iterable[str]) -> None:
        step = self.steps[name]
        more = (one for one in needs if one != name)
        self.steps[name] = replace(step, needs=tuple(dict.fromkeys((*step.needs, *more))))
