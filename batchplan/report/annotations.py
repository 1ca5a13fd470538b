"""Annotations of pull requests: lines on standard output that GitHub Actions and Azure DevOps read.

Both show few of them: at most ten of a kind are written, worst first, and the rest is counted.
"""

from collections.abc import Callable, Iterator

from batchplan.policy.judge import Judged, Judgement
from batchplan.policy.model import Severity
from batchplan.report.policyjson import worst_first

MOST = 10


def github(judgement: Judgement) -> str:
    """Return workflow commands for GitHub Actions."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    return "".join(_limited(judgement, lambda one: _github(words[one.severity], one), _github_rest))


def azure(judgement: Judgement) -> str:
    """Return logging commands for Azure DevOps, which knows errors and warnings."""
    kept = [one for one in judgement.findings if one.severity is not Severity.INFO]
    return "".join(_limited(judgement, _azure, _azure_rest, kept))


def _limited(
    judgement: Judgement,
    write: Callable[[Judged], str],
    rest: Callable[[Severity, int], str],
    found: list[Judged] | None = None,
) -> Iterator[str]:
    listed = worst_first(judgement.findings if found is None else found)
    for severity in reversed(Severity):
        of_kind = [one for one in listed if one.severity is severity]
        yield from (write(one) for one in of_kind[:MOST])
        if len(of_kind) > MOST:
            yield rest(severity, len(of_kind) - MOST)


def _text(one: Judged) -> str:
    hint = f"\nNext: {one.finding.remediation}" if one.finding.remediation else ""
    return f"{one.finding.message}{hint}"


def _github(word: str, one: Judged) -> str:
    members = [("title", f"{one.rule.id} {one.rule.title}")]
    if one.place is not None:
        members = [("file", one.place.file), ("line", str(one.place.line)), ("col", str(one.place.column)), *members]
    told = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in members)
    return f"::{word} {told}::{_escaped(_text(one))}\n"


def _github_rest(severity: Severity, count: int) -> str:
    return f"::notice title=batchplan::{count} more findings of severity {severity.word}: batchplan policy check\n"


def _azure(one: Judged) -> str:
    word = "error" if one.severity is Severity.ERROR else "warning"
    members = [("type", word)]
    if one.place is not None:
        members += [("sourcepath", one.place.file), ("linenumber", str(one.place.line))]
        members += [("columnnumber", str(one.place.column))]
    members.append(("code", one.rule.id))
    told = ";".join(f"{name}={_escaped_azure(value)}" for name, value in members)
    return f"##vso[task.logissue {told}]{_escaped_azure(_text(one), brackets=False)}\n"


def _azure_rest(severity: Severity, count: int) -> str:
    word = "error" if severity is Severity.ERROR else "warning"
    return f"##vso[task.logissue type={word}]{count} more findings of severity {word}: batchplan policy check\n"


def _escaped(text: str, more: str = "") -> str:
    """Return a text as GitHub's commands want it; properties escape colons and commas, too."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for letter in more:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def _escaped_azure(text: str, *, brackets: bool = True) -> str:
    text = text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(";", "%3B").replace("]", "%5D") if brackets else text
