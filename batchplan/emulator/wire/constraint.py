"""Limits of values and of their combinations, as data beside the members they bind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Json
from batchplan.emulator.world import durations


@dataclass(frozen=True, slots=True)
class Facts:
    """Limits of one member; a minimum or maximum given as text is a duration."""

    minimum: int | str | None = None
    maximum: int | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Which members of a type go together."""

    exactly_one: Sequence[str] = ()
    at_most_one: Sequence[str] = ()
    together: Sequence[str] = ()
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conflicts: Mapping[str, Sequence[str]] = field(default_factory=dict)


def check(name: str, value: Any, facts: Facts) -> None:
    """Raise InvalidPropertyValue when a value lies outside its limits."""
    if isinstance(value, list):
        _check_size(name, len(value), facts)
    elif isinstance(value, str) and isinstance(facts.minimum or facts.maximum, str):
        _check_range(name, value, durations.parse(value), facts)
    elif isinstance(value, str):
        _check_text(name, value, facts)
    elif isinstance(value, int | float):
        _check_range(name, value, value, facts)


def check_rules(value: Json, rules: Rules) -> None:
    """Raise InvalidPropertyValue when members exclude or lack each other; an empty string counts as absent."""
    given = {name for name, item in value.items() if item not in ("", [])}
    _check_choice(value, [name for name in rules.exactly_one if name in given], rules.exactly_one, least=1)
    _check_choice(value, [name for name in rules.at_most_one if name in given], rules.at_most_one, least=0)
    there = [name for name in rules.together if name in given]
    if there and len(there) != len(rules.together):
        raise invalid_property(there[0], value[there[0]], f"{_names(rules.together)} must be specified together")
    for name in sorted(given & rules.needs.keys()):
        for other in rules.needs[name]:
            if other not in value:
                raise refuse("MissingRequiredProperty", ("PropertyName", other))
    for name in sorted(given & rules.conflicts.keys()):
        for other in rules.conflicts[name]:
            if other in given:
                raise invalid_property(other, _shown(value[other]), f"{name} and {other} cannot be specified together")


def _check_choice(value: Json, given: Sequence[str], among: Sequence[str], *, least: int) -> None:
    if len(given) > 1:
        raise invalid_property(given[1], _shown(value[given[1]]), f"Only one of {_names(among)} can be specified")
    if among and len(given) < least:
        raise refuse("MissingRequiredProperty", ("PropertyName", _names(among)))


def _check_size(name: str, size: int, facts: Facts) -> None:
    if facts.min_items is not None and size < facts.min_items:
        raise invalid_property(name, None, f"The collection must have at least {facts.min_items} elements")
    if facts.max_items is not None and size > facts.max_items:
        raise invalid_property(name, None, f"The collection cannot have more than {facts.max_items} elements")


def _check_text(name: str, value: str, facts: Facts) -> None:
    if len(value) < (facts.min_length or 0):
        raise invalid_property(name, value, f"The value must have at least {facts.min_length} characters")
    if facts.max_length is not None and len(value) > facts.max_length:
        raise invalid_property(name, value, f"The value exceeds the maximum length of {facts.max_length} characters")
    if facts.pattern is not None and re.fullmatch(facts.pattern, value) is None:
        raise invalid_property(name, value, "The value contains characters that are not permitted here")


def _check_range(name: str, value: object, amount: float, facts: Facts) -> None:
    if facts.minimum is not None and amount < _amount(facts.minimum):
        raise invalid_property(name, value, f"The value must not be less than {facts.minimum}")
    if facts.maximum is not None and amount > _amount(facts.maximum):
        raise invalid_property(name, value, f"The value must not be greater than {facts.maximum}")


def _amount(limit: int | str) -> int:
    return durations.parse(limit) if isinstance(limit, str) else limit


def _names(members: Sequence[str]) -> str:
    return ", ".join(members)


def _shown(value: object) -> object:
    return value if isinstance(value, str | int | bool) else None
