"""Rules of others: taken where they are rules, told where they are not."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from batchplan.core.diagnostics import Diagnostics
from batchplan.policy.model import Finding, Rule
from batchplan.policy.plugins import plugin_rules
from batchplan.policy.registry import by_id
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("ACME0100", "Size", kinds=["pool"])
def big(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool is too big."""
    if pool.text("vm_size") == "big":
        yield Finding("too big")


@rule("BP1302", "Somebody else's")
def stolen(_: Subject, __: Scope) -> Iterator[Finding]:
    """It has the id of another rule."""
    yield Finding("never")


def several() -> list[Rule]:
    return [big]


def failing() -> None:
    raise RuntimeError("no licence")


NOTHING = 7


def point(name: str) -> EntryPoint:
    return EntryPoint(name, f"{__name__}:{name}", "batchplan.rules")


class Here(EntryPoint):
    """An entry point into this module, which is not installed."""

    def load(self) -> object:
        return globals()[self.name]


@pytest.mark.parametrize("name", ["big", "several"])
def test_rules_are_taken(name: str) -> None:
    """An entry point is a rule, or a function that returns some."""
    diagnostics = Diagnostics()
    assert plugin_rules(by_id(), diagnostics, [Here(name, "here", "batchplan.rules")]) == (big,)
    assert not diagnostics.items


@pytest.mark.parametrize(
    ("name", "text"),
    [("failing", "RuntimeError: no licence"), ("NOTHING", "not int"), ("stolen", "has a rule BP1302")],
)
def test_what_cannot_be_used_is_told(name: str, text: str) -> None:
    """A plug-in that fails is told with its name, and the others go on."""
    diagnostics = Diagnostics()
    points = [Here(name, "here", "batchplan.rules"), Here("big", "here", "batchplan.rules")]
    assert plugin_rules(by_id(), diagnostics, points) == (big,)
    (one,) = diagnostics
    assert one.code.id == "E0606"
    assert text in one.detail


def test_entry_points_of_the_group_are_asked() -> None:
    """Nothing is installed here, so nothing is found."""
    assert plugin_rules(by_id(), Diagnostics()) == ()
