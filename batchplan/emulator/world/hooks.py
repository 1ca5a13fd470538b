"""Where faults reach into the world: what the simulation asks before it lets things go well.

`World.hooks` is one object with these methods; the default lets everything go well. An answer must
depend on the arguments (and on the rules in force) only, so that equal calls give an equal world.
Faults that come from outside at a moment (a preemption, a node gone bad) are not hooks but calls:
`nodes.preempt`, `nodes.make_unusable`, `nodes.lose_contact`, `nodes.recover`.
"""

from dataclasses import dataclass
from typing import Protocol

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allocation:
    """How many of the nodes wanted are granted, and why not all.

    `hang` keeps the resize going until its timeout, which then reports AllocationTimedOut.
    """

    granted: int
    code: str | None = None
    message: str = ""
    hang: bool = False


@dataclass(frozen=True, slots=True)
class Boot:
    """How a node comes up: `outcome` is ok or unusable; `slower` multiplies the boot time."""

    outcome: str = "ok"
    slower: float = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process does: its exit code and output after some seconds.

    `launch_error` is the code of a failure before the process started (`ResourceContainerAccessDenied`, ...);
    then there is no exit code.
    """

    exit_code: int = 0
    seconds: float = 1.0
    stdout: str = ""
    stderr: str = ""
    launch_error: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A process about to run: a task, a subtask, a start, preparation or release task."""

    kind: str  # task, subtask, starttask, jobpreparation, jobrelease
    account: str
    pool: str
    node: str
    job: str = ""
    task: str = ""
    attempt: int = 0
    command: str = ""


class Hooks(Protocol):
    """What faults may decide."""

    def allocation(self, pool: Key, location: str, family: str, *, dedicated: bool, wanted: int) -> Allocation:
        """Return what the region grants of the nodes wanted, quotas apart."""
        ...

    def boot(self, pool: Key, node: str, kind: str) -> Boot:
        """Return how a node boots; `kind` is create, reboot, reimage or start."""
        ...

    def outcome(self, work: Work, scripted: Outcome) -> Outcome:
        """Return what a process does; `scripted` is what its command line and environment say."""
        ...

    def lifetime(self, pool: Key, node: str, *, dedicated: bool) -> float | None:
        """Return the seconds after which a new node is preempted (spot) or goes bad (dedicated), or None."""
        ...

    def delete_stuck(self, pool: Key) -> bool:
        """Return whether the deletion of a pool makes no progress now; it is asked again each minute."""
        ...

    def halted(self, account: str, location: str) -> bool:
        """Return whether nothing new begins in an account now."""
        ...


class NoFaults:
    """All goes well."""

    def allocation(self, pool: Key, location: str, family: str, *, dedicated: bool, wanted: int) -> Allocation:  # noqa: ARG002
        """Grant all."""
        return Allocation(wanted)

    def boot(self, pool: Key, node: str, kind: str) -> Boot:  # noqa: ARG002
        """Boot in the usual time."""
        return Boot()

    def outcome(self, work: Work, scripted: Outcome) -> Outcome:  # noqa: ARG002
        """Do what the script says."""
        return scripted

    def lifetime(self, pool: Key, node: str, *, dedicated: bool) -> float | None:  # noqa: ARG002
        """Live on."""
        return None

    def delete_stuck(self, pool: Key) -> bool:  # noqa: ARG002
        """Make progress."""
        return False

    def halted(self, account: str, location: str) -> bool:  # noqa: ARG002
        """Go on."""
        return False
