"""What policy says in Markdown, for a pull request: short however much was found."""

from collections.abc import Iterator

from batchplan.policy.judge import Judged, Judgement, Status
from batchplan.report.policy import summary
from batchplan.report.policyjson import worst_first

ROOM = 60_000
"""Characters that a comment may have, with some to spare: GitHub takes 65,536."""


def markdown(judgement: Judgement) -> str:
    """Return a summary: the counts as title, what is open as a table, what was accepted folded."""
    title = "Policy refuses the plan" if judgement.refusing or judgement.undecided_hard else "Policy"
    parts = [f"### {title}: {summary(judgement)}\n\n"]
    rows = list(_rows(worst_first(judgement.findings)))
    if rows:
        parts.append("| | rule | object | finding |\n|---|---|---|---|\n")
        parts += _fitting(rows, ROOM)
    accepted = [one for one in judgement.findings if one.status is not Status.OPEN]
    room = ROOM - sum(map(len, parts))
    if accepted and room > 1000:
        parts.append(f"\n<details><summary>{len(accepted)} accepted</summary>\n\n")
        parts.append("| rule | object | how | because |\n|---|---|---|---|\n")
        parts += _fitting(list(_accepted(accepted)), room - 500)
        parts.append("\n</details>\n")
    return "".join(parts)


def _fitting(rows: list[str], room: int) -> Iterator[str]:
    used = 0
    for at, row in enumerate(rows):
        if used + len(row) > room:
            yield f"\n{len(rows) - at} more: `batchplan policy check`\n"
            return
        used += len(row)
        yield row


def _rows(found: list[Judged]) -> Iterator[str]:
    for one in found:
        word = "**refused**" if one.blocks else one.severity.word
        place = f"<br>{_cell(str(one.place))}" if one.place is not None else ""
        next_ = f"<br>{_cell(one.finding.remediation)}" if one.finding.remediation else ""
        yield f"| {word} | {one.rule.id} | {_cell(one.address or 'the plan')}{place} | {_cell(one.finding.message)}{next_} |\n"


def _accepted(found: list[Judged]) -> Iterator[str]:
    for one in found:
        yield f"| {one.rule.id} | {_cell(one.address or 'the plan')} | {one.status} | {_cell(one.because)} |\n"


def _cell(text: str) -> str:
    for letter, safe in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("\n", " "), ("`", "\\`"), ("[", "\\[")):
        text = text.replace(letter, safe)
    return text
