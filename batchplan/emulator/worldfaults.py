"""Faults in the world: what the simulation is told when it asks its hooks."""

from dataclasses import dataclass, replace

from batchplan.emulator.faults import Faults
from batchplan.emulator.faultspec import AllocationFailure, NodesUnusable, Preemption, RegionDown, StartTaskFailure
from batchplan.emulator.world.hooks import Allocation, Boot, Key, Outcome, Work

STDERR = "injected fault: the start task failed\n"


@dataclass(frozen=True, slots=True)
class WorldFaults:
    """The hooks of a world with faults. An ended or absent fault lets everything go well."""

    faults: Faults

    def allocation(self, pool: Key, location: str, family: str, *, dedicated: bool, wanted: int) -> Allocation:
        """Return what an allocation failure leaves of the nodes wanted."""
        for fault in self.faults.matching("allocation_failure", account=pool[0], region=location, pool=pool[1]):
            effect = fault.spec.effect
            if not isinstance(effect, AllocationFailure) or not _same(effect.family, family):
                continue
            if self.faults.fire(fault, *pool, dedicated, fault.seen):
                granted = int(wanted * effect.granted)
                return Allocation(granted, effect.code, effect.message, effect.hang)
        return Allocation(wanted)

    def boot(self, pool: Key, node: str, kind: str) -> Boot:
        """Return whether a node comes up unusable."""
        for fault in self.faults.matching("nodes_unusable", **self._about(pool)):
            effect = fault.spec.effect
            if not isinstance(effect, NodesUnusable) or not self._hits(fault.id, effect.share, node, kind):
                continue
            if self.faults.fire(fault, node, kind):
                return Boot("unusable")
        return Boot()

    def outcome(self, work: Work, scripted: Outcome) -> Outcome:
        """Return a failure for start tasks that are to fail, and the script's own outcome for anything else."""
        if work.kind != "starttask":
            return scripted
        for fault in self.faults.matching("start_task_failure", **self._about((work.account, work.pool))):
            effect = fault.spec.effect
            if not isinstance(effect, StartTaskFailure) or not self._hits(fault.id, effect.share, work.node):
                continue
            if self.faults.fire(fault, work.node, work.attempt):
                return replace(scripted, exit_code=effect.exit_code, stderr=scripted.stderr + STDERR)
        return scripted

    def lifetime(self, pool: Key, node: str, *, dedicated: bool) -> float | None:
        """Return when a spot node is taken away, in seconds: exponential around the fault's mean."""
        if dedicated:
            return None
        for fault in self.faults.matching("preemption", **self._about(pool)):
            effect = fault.spec.effect
            if isinstance(effect, Preemption) and self.faults.fire(fault, node):
                dice = self.faults.world.random("preemption", fault.id, node)
                return dice.expovariate(1 / (effect.mean_minutes * 60))
        return None

    def delete_stuck(self, pool: Key) -> bool:
        """Return whether the deletion of a pool hangs."""
        return any(
            self.faults.fire(fault, *pool) for fault in self.faults.matching("stuck_deleting", **self._about(pool))
        )

    def halted(self, account: str, location: str) -> bool:
        """Return whether a region is down in such a way that nothing new begins there."""
        faults = self.faults.matching("region_down", account=account, region=location)
        return any(isinstance(one.spec.effect, RegionDown) and one.spec.effect.halts for one in faults)

    def _about(self, pool: Key) -> dict[str, str | None]:
        account = self.faults.world.accounts.get((pool[0],))
        return {"account": pool[0], "region": account.location if account else None, "pool": pool[1]}

    def _hits(self, fault_id: str, share: float, *parts: object) -> bool:
        return self.faults.world.random("share", fault_id, *parts).random() < share


def _same(wanted: str | None, family: str) -> bool:
    return wanted is None or wanted.lower() == family.lower()
