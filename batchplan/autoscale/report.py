"""Everything there is to say about a formula: form, names, types, then what it does wrong though it is accepted."""

from dataclasses import dataclass

from batchplan.autoscale.bounds import Bounds, bounds
from batchplan.autoscale.check import check_types
from batchplan.autoscale.findings import Finding, Lines, Severity, ok
from batchplan.autoscale.lints import LINTS, Context
from batchplan.autoscale.parse import Parsed, parse

MAX_BYTES = 8192
NEAR_BYTES = 8000
MAX_STATEMENTS = 100
_MOST_TEXT = 8 * MAX_BYTES  # beyond any formula: not worth reading

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check. Bounds are given for faulty formulas too; faults only widen them."""

    parsed: Parsed
    findings: tuple[Finding, ...]
    bounds: Bounds

    @property
    def ok(self) -> bool:
        """Whether the service would accept the formula."""
        return ok(self.findings)


def check(text: str) -> Report:
    """The report on any text, its findings in the order of the text; never fails."""
    if len(text) > _MOST_TEXT:
        parsed = parse("")
        return Report(parsed, tuple(_size(text, parsed)), bounds(parsed.formula))
    parsed = parse(text)
    findings = [*_size(text, parsed), *parsed.faults, *check_types(parsed.formula)]
    context = Context(parsed.formula)
    if ok(findings):
        findings.extend(finding for lint in LINTS for finding in lint(context))
    return Report(parsed, _ordered(findings), context.bounds)


def _ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.start, _RANK[f.severity], f.code)))


def _size(text: str, parsed: Parsed) -> list[Finding]:
    lines, size, count = Lines(text), len(text.encode("utf-8", "surrogatepass")), len(parsed.formula.statements)
    out = []
    if size > MAX_BYTES:
        message = f"The text has {size} bytes; {MAX_BYTES} are accepted."
        out.append(lines.finding("AS008", message, "Shorten comments and names.", 0, len(text)))
    elif size > NEAR_BYTES:
        message = f"The text has {size} bytes; whether the limit of {MAX_BYTES} counts bytes is not documented."
        out.append(lines.finding("AS206", message, "Shorten comments and names.", 0, len(text)))
    if count > MAX_STATEMENTS:
        extra = parsed.formula.statements[MAX_STATEMENTS]
        message = f"There are {count} statements; {MAX_STATEMENTS} are accepted."
        out.append(lines.finding("AS009", message, "Join some of them.", extra.start, extra.end))
    return out
