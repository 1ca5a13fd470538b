"""Cores and pools with old and new pools side by side, against the quotas of their accounts.

Where not all fit at once, replacements go in waves: the next one begins when the one before has let go of its nodes.
What is not known, such as the cores of a size or the bounds of a formula, is not counted, and said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from batchplan.core.address import Address
from batchplan.plan.change import ABANDON, Action, Change, Changes, Document
from batchplan.plan.formula import quota_of, worst_cases
from batchplan.plan.observation import PoolUse, Quotas
from batchplan.plan.settings import at_size, surge
from batchplan.schema import sizes

Cores = Mapping[str, int]
"""Cores by what they are counted against: a family, `dedicated cores` or `spot cores`."""

DEDICATED, SPOT = "dedicated cores", "spot cores"


@dataclass(frozen=True, slots=True)
class Overlap:
    """What an account needs of one sort of cores while old and new pools live: now, at the peak, and what it may have."""

    account_id: str
    sort: str
    now: int
    peak: int
    quota: int | None


@dataclass(frozen=True, slots=True)
class Misfit:
    """A replacement for which the quota has no room, and the largest surge (per cent) that it has; None for none."""

    change: Change
    sort: str
    needed: int
    free: int
    surge: int | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """The waves of replacements by address, what they need, and what does not fit."""

    waves: Mapping[Address, int] = field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    uncounted: tuple[Address, ...] = ()


def capacity(changes: Changes) -> Capacity:
    """Return how the replacements of a plan fit the quotas of their accounts."""
    by_account: dict[str, list[Change]] = {}
    for change in changes.objects:
        if change.rollout is not None and change.action is Action.REPLACE:
            by_account.setdefault(change.rollout.candidate.account_id.lower(), []).append(change)
    parts = [_of_account(account, found, changes) for account, found in by_account.items()]
    return Capacity(
        waves={address: wave for part in parts for address, wave in part.waves.items()},
        overlaps=tuple(one for part in parts for one in part.overlaps),
        misfits=tuple(one for part in parts for one in part.misfits),
        uncounted=tuple(one for part in parts for one in part.uncounted),
    )


def _of_account(account: str, found: list[Change], changes: Changes) -> Capacity:
    quotas, pools = changes.quotas.get(account), changes.pools.get(account)
    if quotas is None or pools is None:
        return Capacity(waves={one.address: 0 for one in found})
    given_up = {one.remote.name.lower() for one in changes.objects if one.strategy == ABANDON}
    kept = [one for one in pools if one.name.lower() not in given_up]
    plan = _Waves(quotas, used_cores(kept, quotas), len(kept))
    for change in found:
        plan.add(change)
    return plan.result(found[0].remote.account_id)


@dataclass(slots=True)
class _Waves:
    """Fills waves in the order of the plan, one account's."""

    quotas: Quotas
    used: dict[str, int]
    pools: int
    start: dict[str, int] = field(init=False)
    peak: dict[str, int] = field(init=False)
    wave: int = 0
    wave_needs: dict[str, int] = field(default_factory=dict)
    wave_pools: int = 0
    settled: dict[str, int] = field(default_factory=dict)
    waves: dict[Address, int] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)
    uncounted: list[Address] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start, self.peak = dict(self.used), dict(self.used)

    def add(self, change: Change) -> None:
        """Place a replacement in the wave that is being filled, or in the next one."""
        document = change.after or {}
        rollout = change.rollout
        assert rollout is not None, "only replacements are placed"
        share = 100 if rollout.phase == "undo" else surge(document)
        needs = {} if rollout.there and rollout.phase != "undo" else cores(at_size(document, share), self.quotas)
        if needs is None:
            self.uncounted.append(change.address)
            needs = {}
        count = 0 if rollout.there else 1
        if self.wave_needs and self._short(needs, count):
            self._next()
        if short := self._short(needs, count):
            sort, free = short
            self.misfits.append(Misfit(change, sort, needs.get(sort, 1), free, self._largest(document, count)))
        self._place(change, needs, count)

    def _place(self, change: Change, needs: Cores, count: int) -> None:
        self.waves[change.address] = self.wave
        for sort, amount in needs.items():
            self.wave_needs[sort] = self.wave_needs.get(sort, 0) + amount
            self.peak[sort] = max(self.peak.get(sort, 0), self.used.get(sort, 0) + self.wave_needs[sort])
        self.wave_pools += count
        for sort, amount in (cores(change.after or {}, self.quotas) or {}).items():
            self.settled[sort] = self.settled.get(sort, 0) + amount
        for sort, amount in (cores(change.before or {}, self.quotas) or {}).items():
            self.settled[sort] = self.settled.get(sort, 0) - amount

    def _next(self) -> None:
        """Begin another wave: the old pools of the last one are empty by then, and still there."""
        for sort, amount in self.settled.items():
            self.used[sort] = self.used.get(sort, 0) + amount
        self.pools += self.wave_pools
        self.wave += 1
        self.wave_needs, self.settled, self.wave_pools = {}, {}, 0

    def _short(self, needs: Cores, count: int) -> tuple[str, int] | None:
        """Return of what there is not enough, and how much is free; None when it fits."""
        for sort, amount in needs.items():
            free = self._free(sort)
            if free is not None and amount > free:
                return sort, max(0, free)
        left = self.quotas.pools - self.pools - self.wave_pools
        return ("pools", max(0, left)) if count > left else None

    def _free(self, sort: str) -> int | None:
        quota = _quota(sort, self.quotas)
        return None if quota is None else quota - self.used.get(sort, 0) - self.wave_needs.get(sort, 0)

    def _largest(self, document: Document, count: int) -> int | None:
        for share in range(surge(document) - 1, 0, -1):
            needs = cores(at_size(document, share), self.quotas)
            if needs is not None and self._short(needs, count) is None:
                return share if document.get("fixed_scale") else None
        return None

    def result(self, account_id: str) -> Capacity:
        """Return what came of it."""
        grown = [sort for sort, amount in self.peak.items() if amount > self.start.get(sort, 0) and self._tells(sort)]
        overlaps = [
            Overlap(account_id, sort, self.start.get(sort, 0), self.peak[sort], _quota(sort, self.quotas))
            for sort in grown
        ]
        return Capacity(self.waves, tuple(overlaps), tuple(self.misfits), tuple(self.uncounted))

    def _tells(self, sort: str) -> bool:
        """Whether to show a sort: where families are counted, the sum of them is told only if it has no room."""
        return sort != DEDICATED or not self.quotas.by_family_enforced or any(one.sort == sort for one in self.misfits)


def cores(document: Document, quotas: Quotas) -> dict[str, int] | None:
    """Return the cores that a pool takes at its size, or at the most that its formula asks for; None if not known.

    Where the service counts them by family, they count for the family and for the sum of all.
    """
    size = sizes.size(str(document.get("vm_size") or ""))
    if size is None:
        return None
    auto = document.get("auto_scale")
    if auto:
        cases = worst_cases(str(auto.get("formula") or ""), size.name, quotas)
        if any(one.cores is None for one in cases):
            return None
        pairs = [(one.target == "$TargetDedicatedNodes", one.cores or 0) for one in cases]
    else:
        fixed = document.get("fixed_scale") or {}
        pairs = [
            (True, int(fixed.get("target_dedicated_nodes") or 0) * size.cores),
            (False, int(fixed.get("target_low_priority_nodes") or 0) * size.cores),
        ]
    return {sort: amount for dedicated, amount in pairs if amount for sort in _sorts(size, quotas, dedicated=dedicated)}


def used_cores(pools: Iterable[PoolUse], quotas: Quotas) -> dict[str, int]:
    """Return the cores that pools take by now; sizes that are not known are left out."""
    made: dict[str, int] = {}
    for pool in pools:
        size = sizes.size(pool.vm_size)
        if size is None:
            continue
        for dedicated, nodes in ((True, pool.dedicated), (False, pool.low_priority)):
            for sort in _sorts(size, quotas, dedicated=dedicated):
                made[sort] = made.get(sort, 0) + nodes * size.cores
    return made


def _sorts(size: sizes.Size, quotas: Quotas, *, dedicated: bool) -> tuple[str, ...]:
    """Return what cores are counted against. "Enforced via both", says the API of the quotas of families and of all."""
    if not dedicated:
        return (SPOT,)
    _, family = quota_of(size, quotas, dedicated=True)
    return (family, DEDICATED) if family else (DEDICATED,)


def _quota(sort: str, quotas: Quotas) -> int | None:
    if sort == SPOT:
        return quotas.low_priority_cores
    return quotas.dedicated_cores if sort == DEDICATED else quotas.cores_by_family.get(sort)
