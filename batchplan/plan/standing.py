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
    was once. `elsewhere` are schedules that make jobs in a region that is not active: then work is done twice. `owed` are accounts where something is still to be done; `retired` older generations that still exist.
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
    elsewhere: tuple[Address, ...] = ()
    rollout: bool = False
    drilled: datetime | None = None
    warm_until: datetime | None = None
    """Until when plans leave the nodes alone that a prewarm has added."""

    @property
    def next_run(self) -> datetime | None:
        """The first run of its schedules that lies ahead."""
        return min((one.next_run for one in self.schedules if one.next_run is not None), default=None)


@dataclass(frozen=True, slots=True)
class DrillOutcome:
    """How a drill went. Times are in seconds, of simulated time unless it was live.

    `missed` are runs of schedules that came nowhere, outside of the time from the cut to the recovery. `twice` are
    tasks that ran to success twice; of a live drill, where that cannot happen, those that were started again. `nodes`
    and `cores` are what the work takes of the other region's quota; `used` is what all pools there asked for meanwhile.
    """

    pool: Address
    key: str
    left: str
    to: str
    live: bool
    recovery: float
    return_took: float
    tasks: int = 0
    lost: int = 0
    twice: int = 0
    runs: int = 0
    runs_twice: int = 0
    missed: int = 0
    nodes: int = 0
    cores: int | None = None
    used: int | None = None
    quota: int | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing was lost, and nothing ran twice."""
        return not (self.lost or self.runs_twice or self.missed)
