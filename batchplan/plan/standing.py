"""How things stand: each pool with its work, its schedules, its backups and what is owed, as values."""

from dataclasses import dataclass
from datetime import datetime

from batchplan.core.address import Address
from batchplan.plan.parity import Parity


@dataclass(frozen=True, slots=True)
class ScheduleStanding:
    """A schedule in the region that does the work. `next_run` is None where none lies ahead, or nobody tells."""

    address: Address
    state: str
    next_run: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One pool. Numbers are None where the region that does the work does not answer, or the pool is not there.

    `active_in` is the location of that region; `since` and `why` are told when it is another than the pool's own, or
    was once. `owed` are accounts where something is still to be done; `retired` older generations that still exist.
    """

    pool: Address
    active_in: str
    key: str
    answers: bool
    nodes: int | None = None
    target: int | None = None
    running: int | None = None
    waiting: int | None = None
    schedules: tuple[ScheduleStanding, ...] = ()
    backups: tuple[Parity, ...] = ()
    since: datetime | None = None
    why: str = ""
    owed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    rollout: bool = False
    drilled: datetime | None = None

    @property
    def next_run(self) -> datetime | None:
        """The first run of its schedules that lies ahead."""
        return min((one.next_run for one in self.schedules if one.next_run is not None), default=None)
