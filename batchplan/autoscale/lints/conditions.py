"""Conditions and divisions that come out otherwise than they read."""

from collections.abc import Iterator

from batchplan.autoscale.findings import Finding
from batchplan.autoscale.lints.context import COMPARISONS, Context, Lint, written
from batchplan.autoscale.syntax import Binary, Member, walk
from batchplan.autoscale.types import Type


def constant_condition(context: Context) -> Iterator[Finding]:
    """A condition on metrics or the clock that can come out one way only is a mistake; one on constants is a switch."""
    explained: set[int] = set()
    for node in context.parts():
        if not isinstance(node, Binary) or context.range(node) is None or not context.varies(node):
            continue
        outcome = _comparison(context, node) if node.op in COMPARISONS else _logic(context, node)
        if outcome is None:
            continue
        if id(node) not in explained:
            verdict = "always true" if outcome else "never true"
            yield context.at("AS107", node, f"{written(node)} is {verdict}.", _advice(context, node, outcome))
        explained.update(id(part) for part in walk(node))


def _comparison(context: Context, node: Binary) -> bool | None:
    """The only outcome of a comparison whose sides are not both fixed from the start."""
    found, left, right = context.range(node), context.alone(node.left), context.alone(node.right)
    if found is None or not found.constant or (left.constant and right.constant):
        return None
    return bool(found.lo)


def _logic(context: Context, node: Binary) -> bool | None:
    """The only outcome of && or || of two conditions that each can come out both ways."""
    if node.op not in {"&&", "||"} or context.alone(node.left).constant or context.alone(node.right).constant:
        return None  # the side that is constant is reported itself, or is a switch
    for truth in (True, False):
        if context.analysis.learn(node, {}, truth=truth) is None:
            return not truth
    return None


def _advice(context: Context, node: Binary, outcome: bool) -> str:
    if node.op == "&&" and not outcome:
        return "Both cannot hold at once; || was probably meant."
    if node.op == "||" and outcome:
        return "One of both always holds; && was probably meant."
    found = context.range(node.left)
    if found is None or found.why_hi or found.why_lo or found.kind is not Type.DOUBLE:
        return "Correct the comparison, or remove it."
    return f"{written(node.left)} lies between {found.lo:g} and {found.hi:g}."


def division_by_zero(context: Context) -> Iterator[Finding]:
    """Dividing by zero gives infinity or not-a-number; a target cannot be either."""
    for node in context.parts():
        if not isinstance(node, Binary) or node.op != "/":
            continue
        divisor = context.range(node.right)
        if divisor is None or not divisor.can_be_zero:
            continue
        if divisor.constant:
            yield context.at("AS112", node, f"{written(node.right)} is zero.", "Divide by something else.")
        else:
            message = f"{written(node.right)} may be zero."
            fix = f"Test it first: {written(node.right)} > 0 ? ... : 0, or divide by max(1, {written(node.right)})."
            yield context.at("AS112", node, message, fix)


def number_of_sunday(context: Context) -> Iterator[Finding]:
    """Monday is 1; whether Sunday is 0 or 7 is nowhere documented."""
    for found in context.comparisons():
        side, limit = context.flow.meaning(found.side), context.constant(found.other)
        if not isinstance(side, Member) or side.name != "weekday" or limit is None:
            continue
        if _tells_sunday(found.op, limit):
            message = f"{written(found.node)} depends on the number of Sunday, 0 or 7, which is not documented."
            fix = f"Ask for weekdays instead: {written(found.side)} >= 1 && {written(found.side)} <= 5."
            yield context.at("AS113", found.node, message, fix)


def _tells_sunday(op: str, limit: float) -> bool:
    sunday = [_holds(op, number, limit) for number in (0, 7)]
    return sunday[0] != sunday[1] and not (op in {"<", "<="} and limit < 6) and not (op in {">", ">="} and limit <= 1)


def _holds(op: str, number: float, limit: float) -> bool:
    return {
        "<": number < limit,
        "<=": number <= limit,
        "==": number == limit,
        ">=": number >= limit,
        ">": number > limit,
        "!=": number != limit,
    }[op]


CONDITIONS: tuple[Lint, ...] = (constant_condition, division_by_zero, number_of_sunday)
