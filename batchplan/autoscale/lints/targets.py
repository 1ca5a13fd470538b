"""What a formula asks for in the end."""

from collections.abc import Iterator

from batchplan.autoscale import names
from batchplan.autoscale.bounds import Bound
from batchplan.autoscale.bounds import stays_empty as pool_stays_empty
from batchplan.autoscale.findings import Finding
from batchplan.autoscale.lints.context import Context, Lint
from batchplan.autoscale.ranges import Range, number
from batchplan.autoscale.syntax import Assign, Name

_OTHER = {names.TARGET_DEDICATED: names.TARGET_LOW_PRIORITY, names.TARGET_LOW_PRIORITY: names.TARGET_DEDICATED}


def _set(context: Context) -> Iterator[tuple[str, Assign, Bound, Range]]:
    """Each target that is set: its name, the statement that has the last word, its bounds and its raw range."""
    for name, bound in context.bounds.items():
        aliases = [alias for alias, full in names.ALIASES.items() if full == name]
        statement = next((context.assigned[n] for n in (name, *aliases) if n in context.assigned), None)
        version = context.flow.final.get(name)
        if statement is not None and version is not None and version in context.analysis.values:
            yield name, statement, bound, number(context.analysis.values[version])


def no_target(context: Context) -> Iterator[Finding]:
    """A formula without a target only computes; the service accepts it as a query."""
    if not any(names.canonical(name) in names.TARGETS for name in context.assigned):
        end = len(context.formula.text)
        fix = f"Set {names.TARGET_DEDICATED} or {names.TARGET_LOW_PRIORITY}."
        yield context.lines.finding("AS121", "The formula sets no target, so the pool keeps its size.", fix, 0, end)


def requeue_by_default(context: Context) -> Iterator[Finding]:
    """Scale-in takes nodes at once unless told otherwise, and what runs there starts again from nothing."""
    if names.DEALLOCATION in context.assigned:
        return
    for _, statement, bound, _ in _set(context):
        if bound.high is None or bound.low < bound.high:
            message = f"{names.DEALLOCATION} is not set: scale-in stops running tasks and queues them again."
            yield context.at("AS102", statement, message, f"Add {names.DEALLOCATION} = taskcompletion;")
            return


def target_set_twice(context: Context) -> Iterator[Finding]:
    """The full name wins over the alias, whatever the order."""
    for alias, full in names.ALIASES.items():
        if alias in context.assigned and full in context.assigned:
            message = f"{alias} and {full} are the same target; {full} wins."
            yield context.at("AS114", context.assigned[alias], message, f"Set {full} only.")


def unbounded_target(context: Context) -> Iterator[Finding]:
    """Without a limit a flood of tasks asks for the whole quota."""
    for name, statement, bound, _ in _set(context):
        if bound.high is None:
            message = f"Nothing limits {name}: it grows with {bound.why}."
            if bound.why.startswith("a "):
                message = f"Nothing limits {name}: it comes from {bound.why}."
            yield context.at("AS116", statement, message, f"Write {name} = min(<most nodes>, ...);")


def truncated(context: Context) -> Iterator[Finding]:
    """The service drops the fraction of a target, so less than one node is none."""
    for name, statement, bound, value in _set(context):
        if value.whole or bound.high is None:
            continue
        if bound.high == 1 and bound.low == 0:
            message = f"Fractions are dropped: below 1, {name} is 0, and the pool may never start."
            yield context.at("AS115", statement, message, "Round up: ceil(...), or x > 0 ? max(1, x) : 0.")
        elif bound.low < bound.high:
            message = f"{name} may have a fraction, which is dropped."
            yield context.at("AS205", statement, message, "Round up with ceil(...) if a started node counts.")


def negative_target(context: Context) -> Iterator[Finding]:
    """Less than no node counts as none."""
    for name, statement, _, value in _set(context):
        if value.lo < 0 and not value.why_lo:
            message = f"{name} may come out as low as {value.lo:g}, which counts as 0."
            yield context.at("AS207", statement, message, "Write max(0, ...) to say so.")


def never_empty(context: Context) -> Iterator[Finding]:
    """Nodes are billed whether they work or not."""
    for name, statement, bound, _ in _set(context):
        if bound.low > 0:
            message = f"{name} never goes below {bound.low}: these nodes are paid for at all times."
            yield context.at("AS203", statement, message, "Fine for a pool that must answer at once.")


def other_target_read(context: Context) -> Iterator[Finding]:
    """Shrinking low-priority nodes by the number of dedicated ones, or the other way round, shrinks by nothing."""
    for name, statement, _, _ in _set(context):
        other = _OTHER[name]
        if other in context.flow.final:
            continue
        reached = context.flow.reached(context.flow.definitions[context.flow.final[name]])
        reads = [part for part in reached if isinstance(part, Name) and part.name == f"{other}@0"]
        if reads:
            message = f"{name} is computed from {other}, which this formula never sets."
            yield context.at("AS119", reads[0] if reads[0].end else statement, message, f"Read {name} instead.")


def stays_empty(context: Context) -> Iterator[Finding]:
    """A target computed from the present nodes alone, such as 10 percent more, stays at zero once it is there."""
    found = list(_set(context))
    if any(bound.high is None or bound.high > 0 for _, _, bound, _ in found) and pool_stays_empty(context.flow):
        statement = found[-1][1]
        message = "From zero nodes the target stays zero, however many tasks wait."
        yield context.at("AS129", statement, message, "Keep one node, or add what $PendingTasks asks for.")


TARGETS: tuple[Lint, ...] = (
    no_target,
    requeue_by_default,
    target_set_twice,
    unbounded_target,
    truncated,
    negative_target,
    never_empty,
    other_target_read,
    stays_empty,
)
