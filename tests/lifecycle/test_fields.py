"""Every field of every kind: an object is created with it, it is changed, it is taken back; each time the next plan is empty.

Each object has one field that changes, so that what is found is found of that field; objects of a kind are applied together.
"""

import json
import os
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from field_changes import BASES, STORAGE, Case, cases, whole
from lifecycle_checks import is_steady
from lifecycle_driver import Place

from batchplan.core.diagnostics import UserError
from batchplan.emulator.catalogue import default_quotas

THOROUGH = bool(os.environ.get("BATCHPLAN_THOROUGH"))
SAMPLE = 24
"""How many fields of a kind are tried where time is short."""

ROOMY = replace(default_quotas(), accounts_per_region=100, pools=2000, jobs_and_schedules=2000)
STAGES = ("set", "changed", "unset")
REFUSED = ("application.default_version set",)
"""What a plan refuses of them: the packages of these applications are not declared."""

LABEL = re.compile(r"\bf\d+\b")


@dataclass(slots=True)
class Objects:
    """Objects of one kind, each for a case, as they are declared now."""

    place: Place
    kind: str
    cases: Sequence[Case]
    now: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    changes: int = 0

    def to(self, stage: str) -> None:
        """Bring each object to a stage, but for those which the plan refuses with a reason."""
        before = dict(self.now)
        for at, case in enumerate(self.cases):
            if stage in case.stages and (stage == STAGES[0] or f"f{at}" in self.now):
                self.now[f"f{at}"] = case.stages[stage]
        self.declare()
        for label, reason in self.refusals():
            self.refused[f"{self.name(label)} {stage}"] = reason
            self.now.pop(label)
            self.now |= {label: before[label]} if label in before else {}
        self.declare()
        self.apply(stage)
        is_steady(self.place)
        self.changes += sum(self.now[label] != before.get(label) for label in self.now)

    def name(self, label: str) -> str:
        """Return the field that an object is there for."""
        return self.cases[int(label[1:])].name

    def apply(self, stage: str) -> None:
        """Apply; take away objects that this failed for, and go on, so that one run finds all of them."""
        _, applied = self.place.apply(parallelism=32, whole=False)
        for step, failure in applied.result.failed.items():
            label = next(iter(LABEL.findall(step)), "")
            assert label, f"{step}: {failure.message}"
            self.broken[f"{self.name(label)} {stage}"] = failure.message
            self.now.pop(label, None)
        if applied.result.failed:
            self.declare()
            self.place.apply(parallelism=32)

    def refusals(self) -> list[tuple[str, str]]:
        """Return the objects that a plan refuses, with the reason."""
        try:
            self.place.plan()
        except UserError as error:
            told = {
                LABEL.findall(f"{one.address} {one.block} {one.detail}")[0]: one.detail for one in error.diagnostics
            }
            return list(told.items())
        return []

    def declare(self) -> None:
        """Write the configuration."""
        main = {"name": "fieldsmain", "resource_group_name": "rg", "location": "westeurope"}
        declared: dict[str, Any] = {
            "account": {"main": {**main, "auto_storage": {"storage_account_id": STORAGE}}},
            "application": {"main": {"account_id": "${account.main.id}", "name": "tool"}},
            "pool": {"main": {**BASES["pool"], "name": "main"}},
        }
        for label, version in (("one", "1.0"), ("two", "2.0")):
            package = {**BASES["application_package"], "version": version}
            declared.setdefault("application_package", {})[label] = package
        mine = declared.setdefault(self.kind, {})
        for label, document in self.now.items():
            mine[label] = {**document, ("version" if self.kind == "application_package" else "name"): f"fld{label}"}
        self.place.write(json.dumps(declared), "main.batch.json")


@pytest.mark.slow
@pytest.mark.parametrize("kind", BASES)
def test_each_field(kind: str, make_place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plan takes is done, and then there is nothing to do; what the service would refuse, the plan refuses."""
    place = make_place(quotas=ROOMY)
    monkeypatch.chdir(place.folder)
    place.write("PK", "tool.zip")
    found = list(cases(kind))
    if not THOROUGH and len(found) > SAMPLE:
        found = random.Random(5).sample(found, SAMPLE)
    objects = Objects(place, kind, found)
    for stage in STAGES:
        objects.to(stage)
    assert objects.broken == {}
    assert [name for name in objects.refused if name not in REFUSED] == []
    assert objects.changes >= 2 * len([case for case in found if case.stages]) - len(objects.refused)


def test_the_fields_that_are_tried() -> None:
    """Of nearly a thousand fields, each has an object that may have it; those that have no other value are few."""
    found = [case for kind in BASES for case in cases(kind)]
    assert len(found) > 950
    assert [case.name for case in found if not case.stages] == []
    assert sum(len(case.stages) for case in found) > 2800
    assert len([case for case in found if "changed" not in case.stages]) < 40
    assert len([case for case in found if "unset" not in case.stages]) < 60


@pytest.mark.slow
@pytest.mark.parametrize("kind", BASES)
def test_many_fields_at_once(kind: str, make_place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects with many fields by chance, which the schema takes: the service takes them too, and then they are steady."""
    place = make_place(quotas=ROOMY)
    monkeypatch.chdir(place.folder)
    place.write("PK", "tool.zip")
    found = list(whole(kind, 30 if THOROUGH else 12))
    assert len(found) >= 2
    objects = Objects(place, kind, found)
    for stage in STAGES:
        objects.to(stage)
    assert objects.broken == {}
    assert all("default_version" in reason for reason in objects.refused.values())
