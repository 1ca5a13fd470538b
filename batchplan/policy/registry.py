"""All rules, found where they are written: every `Rule` in a module of `policy/rules/<family>/`."""

import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module

from batchplan.policy import rules as package
from batchplan.policy.model import Rule


@cache
def built_in() -> tuple[Rule, ...]:
    """Return batchplan's own rules by id."""
    found: dict[str, Rule] = {}
    for module in _modules():
        for value in vars(import_module(module)).values():
            if isinstance(value, Rule):
                other = found.setdefault(value.id, value)
                assert other is value, f"two rules have the id {value.id}"
    return tuple(found[one] for one in sorted(found))


def _modules() -> Iterable[str]:
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not one.ispkg:
            yield one.name


@cache
def by_id() -> Mapping[str, Rule]:
    """Return batchplan's own rules by id, and by ids that they had before."""
    made = {old: one for one in built_in() for old in one.aliases}
    return {**made, **{one.id: one for one in built_in()}}
