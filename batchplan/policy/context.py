"""All that rules may see, as values; `document` writes it as JSON and reads it back."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from batchplan.core.remote import Remote
from batchplan.policy.live import Live
from batchplan.policy.model import Level
from batchplan.policy.subject import Place, Subject

T = TypeVar("T")

JOBS = ("job", "job_schedule")
POOL_OF = {"job": "pool_info.pool_id", "job_schedule": "job_specification.pool_info.pool_id"}
"""Where each kind names its pool."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of the plan: its type (`Create`, `Delete`, …), whose it is, what it acts on, and its plain members."""

    type: str
    id: str
    address: str
    remote: Remote
    needs: tuple[str, ...] = ()
    parts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generation:
    """A pool that an address has had: its id, when it was made and, if it is gone, when it went."""

    address: str
    name: str
    created_at: datetime | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StateSummary:
    """What the state remembers: generations of pools; rollouts, active regions and drills in the state's own form."""

    serial: int = 0
    generations: tuple[Generation, ...] = ()
    rollouts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    active_regions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    drills: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody accepts: of which rule, on which object, why, until when, and who answers for it.

    `path` narrows it to a field. Written in the object (`central` false) or in a file of suppressions, whose `address`
    may hold `*`.
    """

    rule: str
    address: str
    reason: str = ""
    expires: str | None = None
    owner: str = ""
    path: str = ""
    central: bool = False
    place: Place | None = None

    def covers(self, rule: str, address: str, path: str) -> bool:
        """Return whether it is about a finding; whether it has expired is not asked here."""
        if self.rule != rule:
            return False
        if self.path and path != self.path and not path.startswith((f"{self.path}.", f"{self.path}[")):
            return False
        return self.address == address or (self.central and fnmatchcase(address, _literal_brackets(self.address)))


def _literal_brackets(pattern: str) -> str:
    """Return a pattern in which `*` and `?` alone have a meaning: addresses have brackets of their own."""
    return pattern.replace("[", "[[]")


@dataclass(frozen=True, slots=True)
class Override:
    """A soft rule that is overridden for this run, with the reason."""

    rule: str
    reason: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """An id of a rule that the configuration or the command line names, and what does: `policy_set "prod"`."""

    rule: str
    by: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Baselined:
    """A finding that was there when the baseline was made. `fingerprint` is what it is known by."""

    fingerprint: str
    rule: str
    address: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What came of asking all other rules: the rules about policy itself are asked last, and look at this.

    levels: of every rule there is, by id. renamed: ids that rules had before, with their present ones. unused:
    suppressions that no finding needed. gone: entries of the baseline that no finding has. undecided: custom policies
    with address and reason. unread: datasets by name, with how many rules went without. stale: datasets by name, with
    their age in seconds. gate: it is the last look before an apply.
    """

    levels: Mapping[str, Level] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[Suppressed, ...] = ()
    gone: tuple[Baselined, ...] = ()
    undecided: tuple[tuple[str, str, str], ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    stale: Mapping[str, int] = field(default_factory=dict)
    gate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What is checked. `as_of` is today, or the day that was asked for; `made_at` when the context was gathered.

    `planned` says whether changes are known (plan) or only documents (validate). `settings` are those of the client:
    environment, endpoints, retry; empty where they were not looked at.
    """

    subjects: tuple[Subject, ...] = ()
    as_of: date = date(1970, 1, 1)
    made_at: datetime | None = None
    steps: tuple[PlannedStep, ...] = ()
    live: Live = field(default_factory=Live)
    state: StateSummary = field(default_factory=StateSummary)
    suppressed: tuple[Suppressed, ...] = ()
    overrides: tuple[Override, ...] = ()
    mentions: tuple[Mention, ...] = ()
    baseline: tuple[Baselined, ...] = ()
    record: Record = field(default_factory=Record)
    settings: Mapping[str, Any] = field(default_factory=dict)
    planned: bool = False
    _index: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, make: "Callable[[Context], T]", name: Hashable = None) -> T:
        """Return what a function makes of the context, made once: an index that a rule asks for each subject.

        With a `name`, functions that are made anew at each call count as one.
        """
        key = ("once", make if name is None else name)
        if key not in self._index:
            self._index[key] = make(self)
        made: T = self._index[key]
        return made

    def of_kind(self, kind: str) -> tuple[Subject, ...]:
        """Return the subjects of a kind, those that go included."""
        if "kinds" not in self._index:
            grouped: dict[str, list[Subject]] = {}
            for subject in self.subjects:
                grouped.setdefault(subject.kind, []).append(subject)
            self._index["kinds"] = {name: tuple(found) for name, found in grouped.items()}
        found: tuple[Subject, ...] = self._index["kinds"].get(kind, ())
        return found

    def named(self, kind: str) -> tuple[tuple[Subject, str], ...]:
        """Return the subjects of a kind, each with its address as text, which many rules ask for."""
        if ("named", kind) not in self._index:
            self._index["named", kind] = tuple((one, str(one.address)) for one in self.of_kind(kind))
        found: tuple[tuple[Subject, str], ...] = self._index["named", kind]
        return found

    def by_remote(self, remote: Remote) -> Subject | None:
        """Return the subject that stands for an object in Azure, under its present or its coming name."""
        if "remotes" not in self._index:
            named: dict[Any, Subject] = {}
            for subject in self.subjects:
                for one in (subject.replaced_by, subject.remote):
                    if one is not None:
                        named[one.key] = subject
            self._index["remotes"] = named
        found: Subject | None = self._index["remotes"].get(remote.key)
        return found

    def by_address(self, address: str) -> Subject | None:
        """Return the subject at an address."""
        if "addresses" not in self._index:
            self._index["addresses"] = {str(one.address): one for one in self.subjects}
        found: Subject | None = self._index["addresses"].get(address)
        return found

    def account_of(self, subject: Subject) -> Subject | None:
        """Return the account that an object is in; None when it is not in this configuration."""
        if subject.remote is None:
            return None
        account_id = subject.remote.account_id
        return self.by_remote(Remote("account", account_id, account_id.rpartition("/")[2]))

    def in_account(self, account: Subject, kind: str) -> tuple[Subject, ...]:
        """Return the objects of a kind in an account."""
        assert account.remote is not None, "an account has its name from the start"
        if ("accounts", kind) not in self._index:
            grouped: dict[str, list[Subject]] = {}
            for one in self.of_kind(kind):
                if one.remote is not None:
                    grouped.setdefault(one.remote.account_id.lower(), []).append(one)
            self._index["accounts", kind] = {name: tuple(found) for name, found in grouped.items()}
        found: tuple[Subject, ...] = self._index["accounts", kind].get(account.remote.account_id.lower(), ())
        return found

    def jobs_of(self, pool: Subject) -> tuple[Subject, ...]:
        """Return the declared jobs and schedules that run on a pool."""
        if "jobs" not in self._index:
            grouped: dict[int, list[Subject]] = {}
            for job in (*self.of_kind("job"), *self.of_kind("job_schedule")):
                used = self.pool_of(job)
                if used is not None:
                    grouped.setdefault(id(used), []).append(job)
            self._index["jobs"] = {one: tuple(found) for one, found in grouped.items()}
        found: tuple[Subject, ...] = self._index["jobs"].get(id(pool), ())
        return found

    def pool_of(self, job: Subject) -> Subject | None:
        """Return the declared pool that a job or schedule runs on; None for an auto pool or one that is not ours."""
        name = job.raw(POOL_OF[job.kind])
        if not isinstance(name, str) or job.remote is None:
            return None
        return self.by_remote(Remote("pool", job.remote.account_id, name))

    def steps_on(self, remote: Remote) -> tuple[PlannedStep, ...]:
        """Return the steps of the plan that act on an object in Azure, in their order."""
        return self.once(_by_remote).get(remote.key, ())


def _by_remote(context: Context) -> Mapping[tuple[str, ...], tuple[PlannedStep, ...]]:
    grouped: dict[tuple[str, ...], list[PlannedStep]] = {}
    for step in context.steps:
        grouped.setdefault(step.remote.key, []).append(step)
    return {key: tuple(steps) for key, steps in grouped.items()}
