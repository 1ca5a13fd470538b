"""What is wrong, said once, at its place, with what to do.

A `Code` fixes the summary, so that people learn to recognise it; the detail holds the names and the
next step. Diagnostics are values: functions collect them and go on, so that one run reports all faults.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from batchplan.core.source import Range


class Severity(StrEnum):
    """How bad it is: an error stops the command, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Code:
    """An identifier that is never reused, and the one-line summary that goes with it."""

    id: str
    summary: str


@dataclass(frozen=True, slots=True)
class Involved:
    """A reference of the failing expression and what is known of its value: `var.n` `is 3`."""

    name: str
    statement: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault. `at` is the tight range; `context` the wider one worth showing, such as a block header."""

    code: Code
    detail: str
    at: Range | None = None
    context: Range | None = None
    severity: Severity = Severity.ERROR
    involved: tuple[Involved, ...] = ()
    block: str | None = None  # the block it lies in, as its header: `pool "render"`
    address: str | None = None

    @property
    def summary(self) -> str:
        """The fixed one-line summary of the code."""
        return self.code.summary

    def __str__(self) -> str:
        place = f"{self.at}: " if self.at else ""
        return f"{place}{self.code.id} {self.summary}: {self.detail}"


class Fault(Exception):
    """Carries a diagnostic out of a computation that cannot go on; caught where diagnostics are collected."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def fault(code: Code, detail: str, at: Range | None = None, context: Range | None = None) -> Fault:
    """Return an error, ready to be raised."""
    return Fault(Diagnostic(code, detail, at, context))


class Diagnostics:
    """Faults found so far, in order of finding."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Diagnostic] = ()) -> None:
        self.items: list[Diagnostic] = list(items)

    def error(self, code: Code, detail: str, at: Range | None = None, context: Range | None = None) -> None:
        """Add an error."""
        self.items.append(Diagnostic(code, detail, at, context))

    def warning(self, code: Code, detail: str, at: Range | None = None, context: Range | None = None) -> None:
        """Add a warning."""
        self.items.append(Diagnostic(code, detail, at, context, Severity.WARNING))

    def add(self, diagnostic: Diagnostic) -> None:
        """Add one that is ready."""
        self.items.append(diagnostic)

    def extend(self, items: "Iterable[Diagnostic]") -> None:
        """Add several."""
        self.items.extend(items)

    def within(self, since: int, *, block: str | None = None, address: str | None = None) -> None:
        """Say of all faults found since an index in which block or object they lie, where that is not said yet."""
        for at in range(since, len(self.items)):
            item = self.items[at]
            self.items[at] = replace(item, block=item.block or block, address=item.address or address)

    @property
    def has_errors(self) -> bool:
        """Whether anything here stops the command."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class UserError(Exception):
    """Ends a use case with diagnostics for the person; only the command line catches it.

    `exit_code` is what the command ends with; kinds of errors that have their own say so.
    """

    exit_code = 1

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)
