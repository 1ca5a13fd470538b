"""Making a rule of a function: its docstring is the documentation."""

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

from batchplan.policy.model import Check, Level, Param, Phase, Rule, Severity

_SECTION = re.compile(r"^(Why|Instead|Source|Exceptions):[ \n]", re.MULTILINE)


def rule(
    id: str,  # noqa: A002 - the word of the catalogue
    title: str,
    *,
    kinds: Iterable[str] = (),
    phase: Phase = Phase.STATIC,
    severity: Severity = Severity.WARNING,
    level: Level = Level.ADVISORY,
    inputs: Iterable[str] = (),
    params: Iterable[Param[Any]] = (),
    since: str = "0.1",
    aliases: Iterable[str] = (),
) -> Callable[[Check], Rule]:
    """Return a decorator that makes a rule of a function from subject and scope to findings.

    The function's name is the fault. Its docstring is one sentence that says what is wrong, and the sections `Why:`,
    `Instead:` and `Source:`, each a paragraph or more; `Exceptions:` says when the finding may be accepted.
    Nothing is registered: `registry` finds the rule by the module it is in.
    """

    def made(check: Check) -> Rule:
        summary, sections = parse_documentation(inspect.getdoc(check) or "")
        return Rule(
            id=id,
            title=title,
            check=check,
            severity=severity,
            level=level,
            phase=phase,
            kinds=tuple(kinds),
            inputs=tuple(inputs),
            params=tuple(params),
            since=since,
            aliases=tuple(aliases),
            fault=getattr(check, "__name__", id),
            why=sections.get("Why", ""),
            instead=sections.get("Instead", ""),
            source=sections.get("Source", ""),
            exceptions=sections.get("Exceptions", ""),
            summary=summary,
        )

    return made


def parse_documentation(text: str) -> tuple[str, dict[str, str]]:
    """Return the first paragraph of a rule's documentation, and its sections by name."""
    parts = _SECTION.split(text)
    names, bodies = parts[1::2], parts[2::2]
    return parts[0].strip(), {name: body.strip() for name, body in zip(names, bodies, strict=True)}
