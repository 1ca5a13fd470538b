"""How a formula reads the history of the metrics."""

from collections.abc import Iterator

from batchplan.autoscale import names
from batchplan.autoscale.findings import Finding
from batchplan.autoscale.lints.context import Context, Lint, written
from batchplan.autoscale.syntax import Binary, Call, Conditional, Expr, Method, Name, children
from batchplan.autoscale.types import Type

_TESTS = {"GetSamplePercent", "Count"}
_AGGREGATES = frozenset(("avg", "min", "max", "val", "percentile"))


def _windowed(context: Context, node: Method) -> bool:
    """Whether a GetSample asks for a time rather than for a number of samples."""
    first = context.range(node.args[0]) if node.args else None
    return first is not None and first.kind in (Type.INTERVAL, Type.TIMESTAMP)


def _asks_percent(context: Context, node: Method) -> bool:
    """Whether a windowed GetSample fails by itself when samples are missing."""
    if len(node.args) == 3:
        return True
    second = context.range(node.args[1]) if len(node.args) == 2 else None
    return second is not None and second.kind is Type.DOUBLE


def _guards(context: Context, test: Expr) -> tuple[Method, ...]:
    reached = context.flow.reached(test)
    return tuple(part for part in reached if isinstance(part, Method) and part.name in _TESTS)


def _reads(context: Context) -> Iterator[tuple[Method, tuple[Method, ...]]]:
    """Every GetSample with the tests of samples that decide whether it is reached."""
    for step in context.flow.steps:
        stack: list[tuple[Expr, tuple[Method, ...]]] = [(step.value, ())]
        while stack:
            node, guards = stack.pop()
            if isinstance(node, Method) and node.name == "GetSample":
                yield node, guards
            inner = guards
            if isinstance(node, Conditional):
                stack.append((node.test, guards))
                inner = (*guards, *_guards(context, node.test))
                stack.extend((branch, inner) for branch in (node.then, node.otherwise))
            elif isinstance(node, Binary) and node.op in {"&&", "||"}:
                stack.append((node.left, guards))
                stack.append((node.right, (*guards, *_guards(context, node.left))))
            else:
                stack.extend((child, inner) for child in children(node))


def unguarded_window(context: Context) -> Iterator[Finding]:
    """Without enough samples the average of a window says nothing, and of none it makes the evaluation fail."""
    for node, guards in _reads(context):
        if guards or not _windowed(context, node) or _asks_percent(context, node):
            continue
        window = ", ".join(map(written, node.args))
        message = "Window without a guard: too few samples make the evaluation fail, and the pool keeps its size."
        fix = f"Check {written(node.target)}.GetSamplePercent({window}) first, such as: ... < 70 ? fallback : ..."
        yield context.at("AS103", node, message, fix)


def guard_of_another_window(context: Context) -> Iterator[Finding]:
    """A guard over another window says nothing about the samples that are read."""
    for node, guards in _reads(context):
        if not _windowed(context, node) or _asks_percent(context, node):
            continue
        same = [g for g in guards if g.name == "GetSamplePercent" and written(g.target) == written(node.target)]
        window = _lengths(context, node)
        if not same or None in window:
            continue
        others = [guard for guard in same if None not in _lengths(context, guard)]
        if others and all(_lengths(context, guard) != window for guard in others):
            guard = written(others[0])
            message = f"{written(node)} is guarded by {guard}, which looks at another window."
            yield context.at("AS105", node, message, "Use one variable for both windows.")


def _lengths(context: Context, node: Method) -> tuple[float | None, ...]:
    return tuple(sorted((context.seconds(arg) for arg in node.args), key=lambda s: -1.0 if s is None else s))


def last_sample_only(context: Context) -> Iterator[Finding]:
    """GetSample(1) returns the last sample however old it is; alone it follows a metric that may have stopped."""
    reads = [node for node, _ in _reads(context)]
    if not reads or any(_windowed(context, node) for node in reads):
        return
    message = f"Every reading is of single samples, such as {written(reads[0])}, which may be arbitrarily old."
    fix = f"Read a window: avg({written(reads[0].target)}.GetSample(5 * TimeInterval_Minute)), guarded by GetSamplePercent."
    yield context.at("AS104", reads[0], message, fix)


def short_window(context: Context) -> Iterator[Finding]:
    """Samples are 30 seconds apart and up to a minute late."""
    for node, _ in _reads(context):
        lengths = [context.seconds(arg) for arg in node.args if _is_time(context, arg)]
        known = [length for length in lengths if length is not None]
        if not known or len(known) != len(lengths):
            continue
        span = abs(known[0] - (known[1] if len(known) > 1 else 0.0))
        if span <= 60:
            message = (
                f"A window of {span:g} seconds holds {int(span // 30)} samples at most, and the last minute is late."
            )
            yield context.at("AS117", node, message, "Use 2 to 15 minutes.")


def _is_time(context: Context, node: Expr) -> bool:
    found = context.range(node)
    return found is not None and found.kind is Type.INTERVAL


def percentage_as_interval(context: Context) -> Iterator[Finding]:
    """GetSample(180 * TimeInterval_Second, 70 * TimeInterval_Second) surely means 70 percent."""
    for node in context.methods("GetSample"):
        if len(node.args) != 2:
            continue
        first, second = (context.seconds(arg) for arg in node.args)
        if first is None or second is None or not first > second:
            continue
        if 50 <= second <= 100 and second % 5 == 0 and second not in (60, 90):
            message = f"The window ends {second:g} seconds ago; a percentage was probably meant."
            yield context.at("AS125", node.args[1], message, f"Write {second:g} for {second:g} percent.")


def thin_samples_empty_the_pool(context: Context) -> Iterator[Finding]:
    """Zero as the answer to missing samples shrinks a busy pool whenever the metrics have a gap."""
    for node in context.parts():
        if not isinstance(node, Conditional):
            continue
        thin = _thin_branch(context, node)
        if thin is not None and context.constant(thin) == 0:
            message = "When samples are missing the answer is 0: a gap in the metrics empties a busy pool."
            yield context.at("AS118", thin, message, "Fall back to GetSample(1) or to the present target.")


def _thin_branch(context: Context, node: Conditional) -> Expr | None:
    test = context.flow.meaning(node.test)
    if not isinstance(test, Binary):
        return None
    for side, op in ((test.left, test.op), (test.right, {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(test.op, ""))):
        if _unit(context, side) == "percent":
            return node.then if op in {"<", "<="} else node.otherwise if op in {">", ">="} else None
    return None


def _unit(context: Context, node: Expr) -> str:
    """What a number counts: "percent" of samples, "percents" added, "cpu", or "" when it is something else."""
    node = context.flow.meaning(node)
    known = context.units.get(id(node))
    if known is None:
        known = context.units[id(node)] = _computed_unit(context, node)
    return known


def _computed_unit(context: Context, node: Expr) -> str:
    match node:
        case Method(name="GetSamplePercent"):
            return "percent"
        case Method(name="GetSample", target=Name(name="$CPUPercent")) | Name(name="$CPUPercent"):
            return "cpu"
        case Call(name=name, args=args) if name in _AGGREGATES and args:
            return _unit(context, args[0])
        case Binary(op="+", left=left, right=right):
            units = {_unit(context, left), _unit(context, right)}
            return "percents" if units <= {"percent", "percents"} else ""
    return ""


def percent_scale(context: Context) -> Iterator[Finding]:
    """GetSamplePercent counts to 100; samples of $CPUPercent are fractions in every documented example."""
    for found in context.comparisons():
        limit = context.constant(found.other)
        if limit is None:
            continue
        unit = _unit(context, found.side)
        if unit == "percent" and 0 < limit <= 1:
            message = f"GetSamplePercent gives 0 to 100 and is compared with {limit:g}."
            yield context.at("AS106", found.node, message, f"Compare with {limit * 100:g}.")
        elif unit == "cpu" and limit > 1:
            message = f"$CPUPercent is a fraction in every documented example and is compared with {limit:g}."
            yield context.at("AS106", found.node, message, f"Compare with {limit / 100:g}.")
        elif unit == "percents":
            message = f"The sum of percentages goes beyond 100 and is compared with {limit:g}."
            yield context.at("AS128", found.node, message, "Compare each, or their min(...).")


def share_of_samples(context: Context) -> Iterator[Finding]:
    """The share a GetSample asks for counts to 100 too; a fraction asks for next to nothing."""
    for node in context.methods("GetSample"):
        share = context.constant(node.args[-1]) if len(node.args) > 1 else None
        if share is not None and 0 < share < 1:
            message = f"GetSample asks for {share:g} percent of the samples."
            yield context.at("AS106", node.args[-1], message, f"Write {share * 100:g} for {share * 100:g} percent.")


def counted_twice(context: Context) -> Iterator[Finding]:
    """$PendingTasks contains the running and the waiting tasks already."""
    for node in context.parts():
        if isinstance(node, Binary) and node.op == "+":
            left, right = _tasks(context, node.left), _tasks(context, node.right)
            for one, other in ((left, right), (right, left)):
                both = other & {"$RunningTasks", "$ActiveTasks"}
                if "$PendingTasks" in one and both:
                    message = f"$PendingTasks already contains {', '.join(sorted(both))}."
                    yield context.at("AS120", node, message, "Use $PendingTasks alone.")
                    break


def _tasks(context: Context, node: Expr) -> set[str]:
    reached = context.flow.reached(node)
    # A share of samples is no number of tasks.
    reads = [part.target for part in reached if isinstance(part, Method) and part.name == "GetSample"]
    kinds = {target.name for target in reads if isinstance(target, Name)}
    return {name for name in kinds if name in names.METRICS and names.METRICS[name].kind == "tasks"}


SAMPLING: tuple[Lint, ...] = (
    unguarded_window,
    guard_of_another_window,
    last_sample_only,
    short_window,
    percentage_as_interval,
    thin_samples_empty_the_pool,
    percent_scale,
    share_of_samples,
    counted_twice,
)
