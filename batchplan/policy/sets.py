"""Policy sets: which rules count, how much, and with which parameters. Data, not code."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from batchplan.policy.model import Level, Param, Rule, Setting, Severity

DEFAULT = "recommended"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a set makes of one rule; None leaves it as the base has it."""

    level: Level | None = None
    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A set of changes over a base. `blocks_from` is the mildest severity that stops an apply; None as in the base."""

    name: str
    base: str | None = None
    blocks_from: Severity | None = None
    rules: Mapping[str, RuleChange] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A set with its bases folded in: the setting of every rule, by id, and from which severity on it blocks."""

    name: str
    blocks_from: Severity
    settings: Mapping[str, Setting]

    def blocks(self, level: Level, severity: Severity) -> bool:
        """Return whether an open finding of that level and severity stops an apply."""
        return level >= Level.SOFT and severity >= self.blocks_from


@cache
def built_in_sets() -> Mapping[str, PolicySet]:
    """Return batchplan's own sets by name."""
    text = resources.files("batchplan.policy").joinpath("data", "sets.json").read_text(encoding="utf-8")
    return {name: _set(name, row) for name, row in json.loads(text)["sets"].items()}


def _set(name: str, row: Mapping[str, Any]) -> PolicySet:
    return PolicySet(
        name,
        row.get("base"),
        Severity[row["blocks_from"].upper()],
        {
            rule: RuleChange(
                Level[one["level"].upper()] if "level" in one else None,
                Severity[one["severity"].upper()] if "severity" in one else None,
                one.get("params", {}),
            )
            for rule, one in row["rules"].items()
        },
        row["text"],
    )


def chosen(name: str, sets: Mapping[str, PolicySet], rules: Iterable[Rule]) -> Chosen:
    """Return a set with its bases folded in, the strongest last. Each base is there, and no set is its own."""
    chain = [sets[name]]
    while chain[-1].base is not None:
        chain.append(sets[chain[-1].base])
    settings = {one.id: Setting(one.level) for one in rules}
    blocks_from = Severity.ERROR
    for one in reversed(chain):
        blocks_from = one.blocks_from if one.blocks_from is not None else blocks_from
        for rule, change in one.rules.items():
            if rule in settings:
                settings[rule] = _changed(settings[rule], change)
    return Chosen(name, blocks_from, settings)


def _changed(setting: Setting, change: RuleChange) -> Setting:
    return Setting(
        setting.level if change.level is None else change.level,
        setting.severity if change.severity is None else change.severity,
        {**setting.params, **change.params},
    )


def circle(name: str, sets: Mapping[str, PolicySet]) -> bool:
    """Return whether a set is, through its bases, a base of itself."""
    seen = set()
    at: str | None = name
    while at is not None and at in sets:
        if at in seen:
            return True
        seen.add(at)
        at = sets[at].base
    return False


def param_problem(param: Param[Any], value: Any) -> str | None:
    """Return what is wrong with a value for a parameter, None when it fits."""
    wanted = type(param.default)
    if wanted is bool or isinstance(value, bool):
        return None if isinstance(value, bool) and wanted is bool else f'"{param.name}" must be {_WORDS[wanted]}'
    if wanted in (int, float) and isinstance(value, (int, float)):
        return f'"{param.name}" must be a whole number' if wanted is int and value != int(value) else None
    return None if isinstance(value, wanted) else f'"{param.name}" must be {_WORDS.get(wanted, "of another type")}'


_WORDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list of texts",
}
