"""Whether Azure is still what the plan was made for."""

from collections.abc import Iterator, Mapping
from typing import Any

from batchplan.plan.change import Action
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.schema.document import UNKNOWN, Path, Secret, at, path_text
from batchplan.schema.lookup import NoSuchField, fact


@rule(
    "BP8012",
    "Object changed since the plan",
    kinds=["account", "application", "application_package", "pool", "job", "job_schedule"],
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.HARD,
)
def changed_since_plan(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A field that the plan is about has another value in Azure than it had when the plan was made.

    Why: Somebody else changed it in between. What was looked at and approved is not what would be done.

    Instead: Make a new plan and look at it.

    Source: batchplan's own, as other planners have it; REST API, conditional requests. Only the fields of the plan are
    compared: states and counts change all the time.
    """
    if subject.action not in (Action.UPDATE, Action.REPLACE) or not subject.fields:
        raise Inapplicable("the plan does not change it")
    if subject.observed is None:
        raise Inapplicable("it was not looked at again")
    for one in subject.fields:
        if one.sensitive or not _readable(subject.kind, one.path) or _through_list(subject.observed, one.path):
            continue
        now = _now(subject, one.path)
        if _comparable(now, one.observed) and now != one.observed:
            yield Finding(
                f"{subject.address} changed since the plan: {path_text(one.path)} was {_shown(one.observed)} "
                f"and is {_shown(now)}.",
                path_text(one.path),
                expected=one.observed,
                actual=now,
                remediation="Make a new plan: batchplan plan",
            )


def _now(subject: Subject, path: Path) -> Any:
    """Return what is live of a field. Whether a schedule makes jobs is no field of it, but its state."""
    if subject.kind == "job_schedule" and path == ("enabled",):
        return str(subject.facts.get("state", "")).lower() == "active"
    return at(subject.observed or {}, path)


def _readable(kind: str, path: Path) -> bool:
    """Return whether Azure tells the value of a field; of others nothing can be compared.

    It does not tell what is a part of an address, such as a pool's name, nor what is batchplan's own.
    """
    try:
        return fact(kind, path).readable and not fact(kind, path[:1]).local
    except NoSuchField:
        return True


def _through_list(document: Mapping[str, Any], path: Path) -> bool:
    """Return whether a path leads into a list, whose items it names by their keys."""
    return any(isinstance(at(document, path[:length]), list) for length in range(1, len(path)))


def _comparable(now: Any, then: Any) -> bool:
    return not any(one is UNKNOWN or isinstance(one, Secret) for one in (now, then))


def _shown(value: Any) -> str:
    return "unset" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
