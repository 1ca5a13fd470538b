"""The words of policy: when a rule is asked, how bad a finding is, what it stops, and what came of asking."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from batchplan.policy.scope import Scope
    from batchplan.policy.subject import Place, Subject

T = TypeVar("T")


class Phase(StrEnum):
    """When a rule can be asked: of the configuration alone, of what is live, of changes, or before a step."""

    STATIC = "static"
    LIVE = "live"
    PLAN = "plan"
    APPLY = "apply"


class Severity(IntEnum):
    """How bad a finding is, mildest first."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """Its name as people read it."""
        return self.name.lower()


class Level(IntEnum):
    """What a finding stops: nothing; what is not overridden with a reason; everything. Chosen by policy sets."""

    OFF = 0
    ADVISORY = 1
    SOFT = 2
    HARD = 3

    @property
    def word(self) -> str:
        """Its name as people read it."""
        return self.name.lower()


class Outcome(StrEnum):
    """What came of asking a rule about a subject. Unknown and not checked are never a pass."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Param(Generic[T]):
    """A number, text, truth value or list of texts that a policy set may change; its type is that of the default."""

    name: str
    default: T
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the configuration that a machine can make: set the argument at a path, or remove it (None).

    A value is a literal: text, number, truth value, or a list or mapping of them.
    """

    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found.

    `path` is the field, from its object: `start_task.command_line`. `severity` is given where it is not the rule's.
    `remediation` is the next step, in words or HCL. `address` and `place` are given where they are not the subject's.
    """

    message: str
    path: str = ""
    expected: Any = None
    actual: Any = None
    remediation: str = ""
    edit: Edit | None = None
    severity: Severity | None = None
    address: str = ""
    place: "Place | None" = None


Check = Callable[["Subject", "Scope"], Iterable[Finding]]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule: what it is called, when and about what it is asked, and the function that looks.

    `kinds` are the kinds of objects it is about; without any it is asked once, about the whole plan. `inputs` are the
    live datasets it reads. `fault` is the name of what it complains about. `aliases` are ids it had before. `each`
    yields its subjects where kinds do not tell them, as for a policy block with its own `for_each`.
    """

    id: str
    title: str
    check: Check
    severity: Severity
    level: Level
    phase: Phase
    kinds: tuple[str, ...]
    inputs: tuple[str, ...]
    params: tuple[Param[Any], ...]
    since: str
    aliases: tuple[str, ...]
    fault: str
    why: str
    instead: str
    source: str
    exceptions: str
    summary: str
    each: "Callable[[Scope], Iterable[Subject]] | None" = None

    @property
    def family(self) -> str:
        """Its family, which the first two digits of its id name."""
        return FAMILIES.get(self.id[2:4], "CUSTOM") if self.id.startswith("BP") else "CUSTOM"


FAMILIES: Mapping[str, str] = {
    "00": "ENGINE",
    "10": "POOL",
    "11": "IMAGE",
    "12": "SCALE",
    "13": "NODE",
    "20": "SEC",
    "21": "NET",
    "30": "HA",
    "40": "QUOTA",
    "50": "JOB",
    "51": "TASK",
    "60": "COST",
    "70": "NAME",
    "80": "PLAN",
    "90": "CLIENT",
}
"""Families by the first two digits of an id."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a rule is applied: what a policy set makes of it."""

    level: Level
    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


class Verdict(NamedTuple):
    """What came of asking one rule about one subject; `address` is empty for the whole plan.

    `reason` says why it could not be told, or what failed inside of the rule. There are as many as pools times rules:
    a tuple is made in a third of the time of a frozen record.
    """

    rule: Rule
    address: str
    outcome: Outcome
    level: Level
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    internal: bool = False

    def severity_of(self, finding: Finding) -> Severity:
        """Return how bad a finding of it is."""
        return self.rule.severity if finding.severity is None else finding.severity


class Undecided(Exception):
    """Carries out of a rule that it cannot tell. Rules do not catch it; the engine does."""

    outcome = Outcome.NOT_APPLICABLE


class Inapplicable(Undecided):
    """The rule is not about this subject."""


class NotKnownYet(Undecided):
    """A value that the rule looks at is known only after apply."""

    outcome = Outcome.UNKNOWN


class NotLooked(Undecided):
    """A live dataset that the rule needs is not there, or too old; or the value is a secret."""

    outcome = Outcome.NOT_CHECKED
