"""Deployments of people, written as HCL by our own writer, are applied and changed; or they exist, and are taken over."""

import os
import re
from collections.abc import Callable

import pytest
from deployments import OWN, ROOMY, changes, import_all, known, load, put, put_live
from lifecycle_checks import is_steady
from lifecycle_driver import Place, told

from batchplan.backends.memory import MemoryStore
from batchplan.core.diagnostics import UserError

DEPLOYMENTS = known()

REFUSED = {
    "cliext-mpi-cloudservice": "Cloud Services pools were retired .* Use image_reference",
    "dwr-dsm2-container": "placeholder that was never filled in",
} | {name: one["refused"] for name, one in DEPLOYMENTS.items() if "refused" in one}
"""What api-version 2025-06-01 no longer takes, and a template that was never filled in; with words of the reason."""


UNUSABLE = {"cost-efficient-windows": "Undefined method: GetAverage"}
"""What the service takes and cannot use: a formula that fails at each evaluation, so that the pool never scales."""

THOROUGH = bool(os.environ.get("BATCHPLAN_THOROUGH"))
CHANGED = [
    name
    for at, name in enumerate(DEPLOYMENTS)
    if name not in {*REFUSED, *UNUSABLE} and (THOROUGH or at % 6 == 0 or name in load(OWN))
]
"""Those that are changed: all where there is time."""


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_is_applied(make_place: Callable[..., Place], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people deploy can be said in HCL, is taken by the service, and is then as it was said."""
    place = make_place(quotas=ROOMY)
    put(place, DEPLOYMENTS[name])
    monkeypatch.chdir(place.folder)
    if name in REFUSED:
        with pytest.raises(UserError, match=REFUSED[name]):
            place.plan()
        return
    _, applied = place.apply(whole=name not in UNUSABLE)
    if name in UNUSABLE:
        assert [UNUSABLE[name] in one.message for one in applied.result.failed.values()] == [True]
    else:
        is_steady(place)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_live_deployment_is_imported(make_place: Callable[..., Place], name: str) -> None:
    """What people have deployed is taken over with the configuration generated for it; then nothing is left to do.

    What refers to others by their ids is destroyed in the order of references.
    """
    place = make_place(quotas=ROOMY)
    if name in REFUSED:
        with pytest.raises((UserError, AssertionError), match=REFUSED[name]):  # by the service, or by the import
            import_all(place, put_live(place, DEPLOYMENTS[name]))
        return
    written = import_all(place, put_live(place, DEPLOYMENTS[name]))
    is_steady(place)
    for member in DEPLOYMENTS[name].get("dropped", ()):
        assert re.search(rf"^# It has \S*{member} = .*, which is left as it is\. ", written, re.MULTILINE), member
    if not place.census()["packages"]:  # which are not taken over, so that their applications cannot go
        place.destroy()
        assert place.addresses() == []


def test_a_plan_that_imports_tells_what_the_api_has_dropped(make_place: Callable[..., Place]) -> None:
    """An import block takes such a pool over like any other: its change has a note for each member, and no step touches them."""
    place = make_place(quotas=ROOMY)
    made = put_live(place, load(OWN)["dropped-fields"])
    text = import_all(place, made)
    place.store = MemoryStore()
    blocks = [f'import {{\n  to = {one.kind}.it{at}\n  id = "{one.id}"\n}}\n' for at, one in enumerate(made)]
    place.write("\n".join(blocks), "imports.batch.hcl")
    planned = place.plan()
    notes = {str(change.address): change.notes for change in planned.changes.objects}
    assert {address: len(found) for address, found in notes.items()} == {"account.it0": 0, "pool.it1": 3, "job.it2": 1}
    assert all(note in text for found in notes.values() for note in found)
    place.apply()
    is_steady(place)


@pytest.mark.parametrize("name", CHANGED)
def test_a_deployment_is_changed(make_place: Callable[..., Place], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One change of each class, one after the other: the plan names the object, is done, and leaves nothing to do."""
    place = make_place(quotas=ROOMY)
    put(place, DEPLOYMENTS[name])
    monkeypatch.chdir(place.folder)
    place.apply()
    for what, label, changed in changes(DEPLOYMENTS[name]):
        put(place, changed)
        planned, _ = place.apply()
        assert label in told(planned), f"{what}: {told(planned)}"
        is_steady(place)
