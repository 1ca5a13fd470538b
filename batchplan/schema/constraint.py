"""What a field's values must satisfy. Each constraint says what is wrong in a full sentence, and what is allowed.

A constraint sees values that are not null; it is attached as `Annotated[str | None, Length(1, 64)]`, and pydantic
applies it as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from batchplan.core.suggest import did_you_mean
from batchplan.schema import times
from batchplan.schema.facts import Plane


class Constraint:
    """A condition on one value."""

    __slots__ = ()

    def problem(self, value: Any) -> str | None:  # noqa: ARG002
        """Return what is wrong and what is allowed, or None."""
        return None

    def canonical(self, value: Any, plane: Plane) -> Any:  # noqa: ARG002
        """Return the one form of a value that is written in several ways."""
        return value

    def describe(self) -> str:
        """Return what is allowed, in a few words."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._accept, handler(source))

    def _accept(self, value: Any) -> Any:
        problem = None if value is None else self.problem(value)
        if problem is not None:
            raise ValueError(problem)
        return value


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'


@dataclass(frozen=True, slots=True)
class Between(Constraint):
    """A whole number within limits, both included; `but` lists values within them that are taken."""

    low: int
    high: int | None = None
    but: tuple[range, ...] = ()

    def problem(self, value: int) -> str | None:
        """Compare with the limits."""
        if value < self.low or (self.high is not None and value > self.high):
            return f"It is {value}; allowed is {self.describe()}."
        if any(value in taken for taken in self.but):
            return f"It is {value}, which the service keeps for itself; allowed is {self.describe()}."
        return None

    def describe(self) -> str:
        """Say the limits."""
        words = f"a whole number of at least {self.low}" if self.high is None else f"{self.low} to {self.high}"
        taken = " and ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in self.but)
        return f"{words} except {taken}" if taken else words


@dataclass(frozen=True, slots=True)
class UnlimitedOr(Constraint):
    """A number from a minimum up, or -1 for no limit."""

    low: int

    def problem(self, value: int) -> str | None:
        """Compare with the minimum and -1."""
        return None if value == -1 or value >= self.low else f"It is {value}; allowed is {self.describe()}."

    def describe(self) -> str:
        """Say the minimum."""
        return f"at least {self.low}, or -1 for no limit"


@dataclass(frozen=True, slots=True)
class Length(Constraint):
    """How many characters a text has, or items a list."""

    low: int
    high: int | None = None

    def problem(self, value: str | Sequence[Any]) -> str | None:
        """Count."""
        size = len(value)
        if self.low <= size and (self.high is None or size <= self.high):
            return None
        if not size:
            return f"It is empty; allowed is {self._limits(value)}."
        return f"It has {self._counted(size, value)}; allowed is {self._limits(value)}."

    def _counted(self, size: int, value: str | Sequence[Any]) -> str:
        word = "character" if isinstance(value, str) else "entry"
        plural = "characters" if isinstance(value, str) else "entries"
        return f"{size} {word if size == 1 else plural}"

    def _limits(self, value: str | Sequence[Any]) -> str:
        if self.high is None:
            return f"at least {self._counted(self.low, value)}"
        limit = self._counted(self.high, value)
        return f"{self.low} to {limit}" if self.low else f"at most {limit}"

    def describe(self) -> str:
        """Say the limits."""
        if self.high is None:
            return f"length at least {self.low}"
        return f"length {self.low} to {self.high}" if self.low else f"length at most {self.high}"


@dataclass(frozen=True, slots=True)
class Matches(Constraint):
    """A text of a certain form; `words` say which. With `fold`, case and blanks do not tell two texts apart."""

    pattern: re.Pattern[str]
    words: str
    fold: bool = False

    def problem(self, value: str) -> str | None:
        """Match the whole text."""
        return None if self.pattern.fullmatch(value) else f"It is {_shown(value)}; allowed is {self.words}."

    def canonical(self, value: str, plane: Plane) -> str:  # noqa: ARG002
        """Return it folded where that is said."""
        return value.replace(" ", "").lower() if self.fold else value

    def describe(self) -> str:
        """Say the form."""
        return self.words


def matching(pattern: str, words: str, *, fold: bool = False) -> Matches:
    """Return a constraint on the form of a text."""
    return Matches(re.compile(pattern), words, fold)


@dataclass(frozen=True, slots=True)
class Choice(Constraint):
    """One of some words, in any case of letters; `data` are the data plane's spellings, in the same order."""

    values: tuple[str, ...]
    data: tuple[str, ...] = ()

    def problem(self, value: str) -> str | None:
        """Look the word up."""
        if any(value.casefold() == one.casefold() for one in self.values):
            return None
        hint = did_you_mean(value, self.values)
        return f"It is {_shown(value)}; allowed is {self.describe()}.{hint}"

    def canonical(self, value: str, plane: Plane) -> str:
        """Return the plane's spelling; a word the service added since is kept."""
        spellings = self.data if plane is Plane.DATA and self.data else self.values
        for known, spelling in zip(self.values, spellings, strict=True):
            if value.casefold() == known.casefold():
                return spelling
        return value

    def describe(self) -> str:
        """List the words."""
        *most, last = [f'"{one}"' for one in self.values]
        return f"{', '.join(most)} or {last}" if most else last


def choice(*values: str) -> Choice:
    """Return a choice that both planes spell alike."""
    return Choice(values)


def lowered(*values: str) -> Choice:
    """Return a choice that the data plane spells in lower case."""
    return Choice(values, tuple(value.lower() for value in values))


@dataclass(frozen=True, slots=True)
class Duration(Constraint):
    """An ISO 8601 duration within limits, both included."""

    low: str | None = None
    high: str | None = None

    def problem(self, value: str) -> str | None:
        """Read and compare."""
        length = times.seconds(value)
        if length is None:
            return f'It is {_shown(value)}; allowed is {self.describe()}, such as "PT15M" or "P1DT2H".'
        low, high = (None if limit is None else times.seconds(limit) for limit in (self.low, self.high))
        if (low is not None and length < low) or (high is not None and length > high):
            return f"It is {_shown(value)}; allowed is {self.describe()}."
        return None

    def canonical(self, value: str, plane: Plane) -> str:  # noqa: ARG002
        """Return the shortest usual form: PT24H is P1D."""
        length = times.seconds(value)
        return value if length is None else times.duration_text(length)

    def describe(self) -> str:
        """Say the limits."""
        limits = [f"at least {self.low}"] if self.low else []
        limits += [f"at most {self.high}"] if self.high else []
        return "an ISO 8601 duration" + (" of " + " and ".join(limits) if limits else "")


@dataclass(frozen=True, slots=True)
class Instant(Constraint):
    """A moment with its offset from UTC, RFC 3339."""

    def problem(self, value: str) -> str | None:
        """Read it."""
        if times.instant(value) is not None:
            return None
        return f"It is {_shown(value)}; allowed is {self.describe()}, such as 2027-01-31T06:00:00Z."

    def canonical(self, value: str, plane: Plane) -> str:  # noqa: ARG002
        """Return it in UTC."""
        moment = times.instant(value)
        return value if moment is None else times.instant_text(moment)

    def describe(self) -> str:
        """Say the form."""
        return "a date and time with an offset from UTC"


@dataclass(frozen=True, slots=True)
class ResourceId(Constraint):
    """The ARM id of an object of one type, case ignored. Galleries that are shared have ids without subscription."""

    type: str

    def problem(self, value: str) -> str | None:
        """Compare the shape with the type's."""
        if _id_type(value).casefold() == self.type.casefold():
            return None
        return f"It is {_shown(value)}; allowed is {self.describe()}."

    def canonical(self, value: str, plane: Plane) -> str:  # noqa: ARG002
        """Return it in lower case: the service answers in another case than it was told."""
        return value.lower().rstrip("/")

    def describe(self) -> str:
        """Show the shape."""
        namespace, *types = self.type.split("/")
        tail = "".join(f"/{one}/…" for one in types)
        return f'an ARM id of the form "/subscriptions/…/resourceGroups/…/providers/{namespace}{tail}"'


def _id_type(text: str) -> str:
    """Return namespace and types that an ARM id names, the empty string when it is no ARM id."""
    parts = text.strip("/").split("/")
    folded = [part.casefold() for part in parts]
    if not text.startswith("/") or not all(parts) or len(parts) < 8 or len(parts) % 2:
        return ""
    if folded[0] != "subscriptions" or folded[2] != "resourcegroups" or folded[4] != "providers":
        return ""
    return "/".join([parts[5], *parts[6::2]])


@dataclass(frozen=True, slots=True)
class AnyCase(Constraint):
    """A word whose case does not matter."""

    words: str

    def problem(self, value: str) -> str | None:
        """Only an empty word is wrong."""
        return None if value.strip() else f"It is empty; allowed is {self.words}."

    def canonical(self, value: str, plane: Plane) -> str:  # noqa: ARG002
        """Return it in lower case."""
        return value.lower()

    def describe(self) -> str:
        """Say what it is."""
        return self.words


@dataclass(frozen=True, slots=True)
class Formula(Constraint):
    """An autoscale formula; two formulas with one parsed form are the same."""

    def problem(self, value: str) -> str | None:
        """Parse it; what it means is checked elsewhere."""
        return formula_problem(value)

    def canonical(self, value: str, plane: Plane) -> str:  # noqa: ARG002
        """Return the text of the parsed form; a text that does not parse is itself."""
        return canonical_formula(value)

    def describe(self) -> str:
        """Say the language."""
        return "an autoscale formula"


@lru_cache(maxsize=1024)
def formula_problem(text: str) -> str | None:
    """Return the first fault of form, None when the formula can be read."""
    from batchplan.autoscale import Severity, parse

    found = [one for one in parse(text).faults if one.severity is Severity.ERROR]
    return f"Line {found[0].line}: {found[0].message}" if found else None


@lru_cache(maxsize=1024)
def canonical_formula(text: str) -> str:
    """Return a formula without comments and layout; one that cannot be read is itself."""
    from batchplan.autoscale import ok, parse
    from batchplan.autoscale.render import canonical

    parsed = parse(text)
    return canonical(parsed.formula) if ok(parsed.faults) else text
