"""Compares two formulas by what they say, not by how they are laid out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from batchplan.autoscale.bounds import Bounds, bounds
from batchplan.autoscale.findings import ok
from batchplan.autoscale.parse import parse
from batchplan.autoscale.render import canonical as canonical_form
from batchplan.autoscale.render import statement
from batchplan.autoscale.syntax import Assign, Formula


@dataclass(frozen=True, slots=True)
class Change:
    """One statement that differs; `before` is empty when it is new and `after` when it is gone."""

    before: str
    after: str

    @property
    def symbol(self) -> str:
        """The sign a plan shows for it."""
        return "+" if not self.before else "-" if not self.after else "~"


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes between two formulas; `cosmetic` when only layout, comments or needless parentheses do."""

    cosmetic: bool
    changes: tuple[Change, ...]
    before: Bounds
    after: Bounds

    @property
    def bounds_change(self) -> bool:
        """Whether the proved bounds differ."""
        return self.before != self.after


def canonical(text: str) -> str:
    """A text that is equal for formulas of equal meaning in form; a faulty formula is its own text, trimmed."""
    parsed = parse(text)
    return canonical_form(parsed.formula) if ok(parsed.faults) else text.strip()


def same(before: str, after: str) -> bool:
    """Whether two formulas differ in layout only, so that the service need not be told."""
    return before == after or canonical(before) == canonical(after)


def diff(before: str, after: str) -> Difference:
    """The statements that differ, in the order of the text."""
    old, new = parse(before).formula, parse(after).formula
    cosmetic = same(before, after)
    changes = () if cosmetic else tuple(_changes(old, new))
    return Difference(cosmetic, changes, bounds(old), bounds(new))


def _changes(old: Formula, new: Formula) -> Iterator[Change]:
    left, right = [_keyed(old), _keyed(new)]
    matcher = SequenceMatcher(a=[key for key, _ in left], b=[key for key, _ in right], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pairs = zip(left[a:b], right[c:d], strict=True)
            yield from (Change(x, y) for (_, x), (_, y) in pairs if x != y)
            continue
        yield from (Change(text, "") for _, text in left[a:b])
        yield from (Change("", text) for _, text in right[c:d])


def _keyed(formula: Formula) -> list[tuple[str, str]]:
    """Each statement under the name it sets and how often that name was set before."""
    seen: Counter[str] = Counter()
    out = []
    for item in formula.statements:
        name = item.name if isinstance(item, Assign) else ""
        out.append((f"{name}@{seen[name]}", statement(item)))
        seen[name] += 1
    return out
