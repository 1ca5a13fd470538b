"""What can be said about a formula: one finding, its place, and the table of codes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate


class Severity(StrEnum):
    """An error makes the formula unusable; a warning costs money or time; info is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a formula: `start` and `end` are offsets into the text, `line` and `column` count from 1."""

    code: str
    severity: Severity
    message: str
    fix: str
    start: int
    end: int
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code stands for, wherever it is reported."""

    name: str
    severity: Severity
    summary: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: dict[str, Rule] = {
    "AS001": Rule("unexpected-text", _E, "The text does not follow the grammar."),
    "AS002": Rule("unterminated-string", _E, "A string is not closed on its line."),
    "AS003": Rule("foreign-character", _E, "A character has no meaning in the language."),
    "AS004": Rule("unrendered-template", _E, "A template placeholder or an escape was left in the text."),
    "AS005": Rule("missing-semicolon", _E, "Two statements are not separated."),
    "AS006": Rule("not-an-assignment", _E, "A statement assigns nothing."),
    "AS007": Rule("nested-too-deeply", _E, "An expression is nested deeper than any real formula."),
    "AS008": Rule("too-long", _E, "The text exceeds 8 KB."),
    "AS009": Rule("too-many-statements", _E, "There are more than 100 statements."),
    "AS010": Rule("undefined-name", _E, "A name is read that nothing has set."),
    "AS011": Rule("unknown-function", _E, "The language has no such function."),
    "AS012": Rule("unknown-method", _E, "The value has no such method."),
    "AS013": Rule("wrong-arguments", _E, "A call has too few, too many or unsuitable arguments."),
    "AS014": Rule("unsuitable-operands", _E, "The operator is not defined for these types."),
    "AS015": Rule("unreadable-time", _E, "A time literal cannot be read."),
    "AS016": Rule("unknown-member", _E, "The value has no such member."),
    "AS017": Rule("read-only-name", _E, "The name belongs to the service and cannot be assigned."),
    "AS018": Rule("unknown-option", _E, "Not a deallocation option, or an option where a value belongs."),
    "AS019": Rule("unsuitable-target", _E, "A target must be a number."),
    "AS101": Rule("near-service-name", _W, "A variable is spelled almost like one of the service's."),
    "AS102": Rule("requeue-by-default", _W, "Scale-in stops running tasks, because no deallocation option is set."),
    "AS103": Rule("unguarded-window", _W, "A window is read without knowing whether it holds enough samples."),
    "AS104": Rule("last-sample-only", _W, "The targets follow single samples, however old."),
    "AS105": Rule("guard-of-another-window", _W, "The guard looks at another window than the one read."),
    "AS106": Rule("percent-scale", _W, "A percentage is compared on the wrong scale."),
    "AS107": Rule("constant-condition", _W, "A condition is always true or never true."),
    "AS108": Rule("retired-metric", _W, "The service no longer fills this metric."),
    "AS110": Rule("vector-as-number", _W, "A vector stands where the documentation has a number."),
    "AS111": Rule("bare-metric", _W, "A metric is used without saying which samples."),
    "AS112": Rule("division-by-zero", _W, "A divisor is zero, or may be."),
    "AS113": Rule("number-of-sunday", _W, "Whether Sunday is 0 or 7 is not documented."),
    "AS114": Rule("target-set-twice", _W, "Both the alias and the full name of a target are set."),
    "AS115": Rule("truncated-target", _W, "A fraction below one becomes no node at all."),
    "AS116": Rule("unbounded-target", _W, "Nothing limits the target from above."),
    "AS117": Rule("short-window", _W, "The window can hold hardly any sample."),
    "AS118": Rule("thin-samples-empty-the-pool", _W, "A gap in the metrics sends the pool to zero."),
    "AS119": Rule("other-target-read", _W, "One target is computed from the other kind of node."),
    "AS120": Rule("counted-twice", _W, "Tasks are counted twice."),
    "AS121": Rule("no-target", _W, "The formula sets no target."),
    "AS122": Rule("single-quotes", _W, "Only double quotes are documented."),
    "AS123": Rule("fine-fraction", _W, "More digits of a second than the service is known to read."),
    "AS124": Rule("undocumented-overload", _W, "The call works in the field but is not documented."),
    "AS125": Rule("suspicious-argument", _W, "The call is legal but surely means something else."),
    "AS128": Rule("percents-added", _W, "A sum of percentages is compared with a percentage."),
    "AS129": Rule("stays-empty", _W, "A pool without nodes never gets one."),
    "AS201": Rule("unused-variable", _I, "A variable is set and never read."),
    "AS202": Rule("random", _I, "Two evaluations of the same state differ."),
    "AS203": Rule("never-empty", _I, "The pool never goes to zero."),
    "AS204": Rule("mixed-branches", _I, "The branches of a choice have different types."),
    "AS205": Rule("fraction-truncated", _I, "The fraction of a target is dropped."),
    "AS207": Rule("negative-target", _I, "The target may become negative, which counts as zero."),
    "AS208": Rule("unreliable-metric", _I, "The metric may always read zero."),
    "AS209": Rule("deprecated-name", _I, "The name is an old alias."),
    "AS206": Rule("near-limit", _I, "The text is close to the limit of 8 KB."),
}


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class Lines:
    """The line starts of a text, so that many offsets are placed cheaply."""

    def __init__(self, text: str) -> None:
        self._starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))[:-1]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def finding(self, code: str, message: str, fix: str, start: int, end: int) -> Finding:
        """A finding of a known code, with its severity and place filled in."""
        line, column = self.position(start)
        return Finding(code, RULES[code].severity, message, fix, start, max(end, start), line, column)


def ok(findings: Sequence[Finding]) -> bool:
    """Whether the service would accept the formula: no finding is an error."""
    return all(finding.severity is not Severity.ERROR for finding in findings)
