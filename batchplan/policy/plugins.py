"""Rules of others: Python packages with entry points of the group `batchplan.rules`.

An entry point is a `Rule`, a list of rules, or a function that returns one. It is code, and so trusted; `-no-plugins`
leaves it out.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points

from batchplan.core.codes import PLUGIN_FAILED
from batchplan.core.diagnostics import Diagnostics
from batchplan.policy.model import Rule

GROUP = "batchplan.rules"


def plugin_rules(
    known: Mapping[str, Rule], diagnostics: Diagnostics, points: Iterable[EntryPoint] | None = None
) -> tuple[Rule, ...]:
    """Return the rules of the plug-ins that are installed; report those that cannot be used, and go on."""
    made: dict[str, Rule] = {}
    for point in entry_points(group=GROUP) if points is None else points:
        try:
            listed = list(_rules(point.load()))
        except Exception as error:  # noqa: BLE001 - whatever somebody else's code raises
            reason = f"{type(error).__name__}: {error}"
            diagnostics.error(PLUGIN_FAILED, f"The plug-in {point.name} ({point.value}) fails: {reason}.")
            continue
        for rule in listed:
            if rule.id in known or rule.id in made:
                detail = f"The plug-in {point.name} ({point.value}) has a rule {rule.id}, and so has somebody else."
                diagnostics.error(PLUGIN_FAILED, detail)
            else:
                made[rule.id] = rule
    return tuple(made.values())


def _rules(found: object) -> Iterator[Rule]:
    if callable(found) and not isinstance(found, Rule):
        found = found()
    if isinstance(found, Rule):
        yield found
        return
    if not isinstance(found, Iterable):
        raise TypeError(f"a plug-in gives rules, not {type(found).__name__}")
    for one in found:
        if not isinstance(one, Rule):
            raise TypeError(f"a plug-in gives rules, not {type(one).__name__}")
        yield one
