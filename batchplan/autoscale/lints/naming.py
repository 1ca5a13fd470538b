"""Names that are misspelled, old, retired, or never used."""

from collections.abc import Iterator

from batchplan.autoscale import names
from batchplan.autoscale.findings import Finding
from batchplan.autoscale.lints.context import Context, Lint
from batchplan.autoscale.syntax import Assign, Bare, Call, Name, walk
from batchplan.autoscale.syntax import names as names_in

_SET_BY_FORMULAS = (*names.TARGETS, "$TargetDedicated", "$TargetLowPriority", names.DEALLOCATION)


def near_service_name(context: Context) -> Iterator[Finding]:
    """A variable that is set, never read, and spelled almost like a target surely means the target."""
    read = _read(context)
    for name, statement in context.assigned.items():
        if name in _SET_BY_FORMULAS or name in read:
            continue
        meant = next((known for known in _SET_BY_FORMULAS if _close(name, known)), None)
        if meant:
            message = f"{name} is a variable of yours; the service reads {meant} only."
            yield context.lines.finding("AS101", message, f"Write {meant}.", statement.start, statement.name_end)


def _close(name: str, known: str) -> bool:
    left, right = name.lstrip("$").lower(), known.lstrip("$").lower()
    return abs(len(left) - len(right)) <= 2 and _distance(left, right) <= 2


def _distance(left: str, right: str) -> int:
    """How many letters must be added, removed or changed."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def _read(context: Context) -> set[str]:
    values = [s.value for s in context.formula.statements if isinstance(s, Assign | Bare)]
    return {name.name for value in values for name in names_in(value)}


def retired_metric(context: Context) -> Iterator[Finding]:
    """A metric that is no longer filled reads as no samples, for ever."""
    for name in _names(context):
        known = names.METRICS.get(names.canonical(name.name))
        if known and known.retired:
            message = f"{name.name} was retired: no samples arrive after {known.retired}."
            yield context.at("AS108", name, message, "Scale on $PendingTasks or $CPUPercent.")


def deprecated_name(context: Context) -> Iterator[Finding]:
    """Aliases still work and are no longer documented."""
    for name, statement in context.assigned.items():
        if name in names.ALIASES:
            message, fix = f"{name} is an old name.", f"Write {names.ALIASES[name]}."
            yield context.lines.finding("AS209", message, fix, statement.start, statement.name_end)
    for read in _names(context):
        if read.name in names.ALIASES:
            yield context.at("AS209", read, f"{read.name} is an old name.", f"Write {names.ALIASES[read.name]}.")


def unreliable_metric(context: Context) -> Iterator[Finding]:
    """Some metrics exist and may never move."""
    for name in _names(context):
        known = names.METRICS.get(name.name)
        if known and known.note:
            fix = "Compare $CurrentLowPriorityNodes with the target instead."
            yield context.at("AS208", name, f"Do not rely on {name.name}: {known.note}.", fix)


def _names(context: Context) -> Iterator[Name]:
    """The first reading of each name."""
    seen: set[str] = set()
    for statement in context.formula.statements:
        if isinstance(statement, Assign | Bare):
            for name in names_in(statement.value):
                if name.name not in seen:
                    seen.add(name.name)
                    yield name


def unused_variable(context: Context) -> Iterator[Finding]:
    """A variable nothing reads shows in the results only; fine in a query, a leftover in a scaling formula."""
    if not any(names.canonical(name) in names.TARGETS for name in context.assigned):
        return
    read = _read(context)
    for name, statement in context.assigned.items():
        if name not in read and name not in _SET_BY_FORMULAS and names.canonical(name) not in names.METRICS:
            message = f"{name} is set and never read."
            yield context.lines.finding("AS201", message, "Remove it, or use it.", statement.start, statement.name_end)


def random(context: Context) -> Iterator[Finding]:
    """rand() makes plans and simulations irreproducible."""
    for statement in context.formula.statements:
        if isinstance(statement, Assign | Bare):
            for part in walk(statement.value):
                if isinstance(part, Call) and part.name == "rand":
                    yield context.at("AS202", part, "rand() makes every evaluation differ.", "Leave it out.")


NAMING: tuple[Lint, ...] = (
    near_service_name,
    retired_metric,
    deprecated_name,
    unreliable_metric,
    unused_variable,
    random,
)
