"""Folding a journal gives the state after a run, wherever the run ended."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import pytest

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.state.document import Applied, empty, remote_of, with_resource
from batchplan.state.journal import Entry, entry_json, entry_of, fold
from batchplan.state.model import StateDocument
from batchplan.state.rollouts import Marked

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def remote(kind: str, name: str) -> Remote:
    """Return an object of the account."""
    return Remote(kind, ACCOUNT, name)


def start() -> StateDocument:
    """Return a state with a pool that is to be replaced, one that is to be renamed, and a job that goes."""
    document = empty("1.0")
    for text, one in (
        ("pool.old", remote("pool", "old-1")),
        ("pool.named", remote("pool", "named-1")),
        ("job.gone", remote("job", "gone")),
    ):
        document = with_resource(document, Applied(parse_address(text), one, {"v": 0}, (), BEGIN))
    return document


def entry(phase: str, step: str, effect: str, address: str, one: Remote, **more: object) -> Entry:
    """Return an entry."""
    made = Entry(phase, step, effect, parse_address(address), one, BEGIN)  # type: ignore[arg-type]
    return replace(made, **more)  # type: ignore[arg-type]


NEW, OLD = remote("pool", "new-2"), remote("pool", "old-1")
SEQUENCE = (
    entry("intent", "1", "put", "pool.fresh", NEW, document={"v": 1}, creates=True, depends_on=("account.a",)),
    entry("done", "1", "put", "pool.fresh", NEW, document={"v": 1}, creates=True, verified=False, depends_on=("account.a",)),
    entry("done", "2", "verify", "pool.fresh", NEW),
    entry("intent", "3", "put", "pool.old", remote("pool", "old-2"), document={"v": 2}, creates=True),
    entry("done", "3", "put", "pool.old", remote("pool", "old-2"), document={"v": 2}, creates=True),
    entry("intent", "4", "none", "pool.old", OLD),
    entry("done", "4", "none", "pool.old", OLD),
    entry("done", "5", "drop", "pool.old", OLD),
    entry("intent", "6", "put", "pool.named", remote("pool", "named-1"), document={"v": 3}),
    entry("failed", "6", "put", "pool.named", remote("pool", "named-1"), document={"v": 3}, message="no", refused=True),
    entry("done", "7", "rename", "pool.renamed", remote("pool", "named-1"), origin=parse_address("pool.named")),
    entry("intent", "8", "none", "job.gone", remote("job", "gone")),
    entry("done", "8", "none", "job.gone", remote("job", "gone")),
    entry("done", "9", "drop", "job.gone", remote("job", "gone")),
    entry("intent", "10", "put", "job.failed", remote("job", "failed"), document={}, creates=True),
    entry("failed", "10", "put", "job.failed", remote("job", "failed"), document={}, creates=True, message="quota", refused=True),
    entry("done", "11", "put", "pool.named", remote("pool", "named-2"), document={"v": 4}, creates=True),
)  # fmt: skip
SAMPLE = tuple(replace(one, at=BEGIN + timedelta(minutes=at)) for at, one in enumerate(SEQUENCE))

EXPECTED = (
    {"old": "old-1", "named": "named-1", "gone": "gone"},
    {"old": "old-1", "named": "named-1", "gone": "gone", "fresh": "new-2?"},
    {"old": "old-1", "named": "named-1", "gone": "gone", "fresh": "new-2?"},
    {"old": "old-1", "named": "named-1", "gone": "gone", "fresh": "new-2"},
    {"old": "old-2?", "named": "named-1", "gone": "gone", "fresh": "new-2"},
    *[{"old": "old-2", "named": "named-1", "gone": "gone", "fresh": "new-2"}] * 4,
    {"old": "old-2", "named": "named-1?", "gone": "gone", "fresh": "new-2"},
    {"old": "old-2", "named": "named-1", "gone": "gone", "fresh": "new-2"},
    {"old": "old-2", "renamed": "named-1", "gone": "gone", "fresh": "new-2"},
    {"old": "old-2", "renamed": "named-1", "gone": "gone?", "fresh": "new-2"},
    {"old": "old-2", "renamed": "named-1", "gone": "gone", "fresh": "new-2"},
    {"old": "old-2", "renamed": "named-1", "fresh": "new-2"},
    {"old": "old-2", "renamed": "named-1", "fresh": "new-2", "failed": "failed?"},
    {"old": "old-2", "renamed": "named-1", "fresh": "new-2"},
    {"old": "old-2", "renamed": "named-1", "fresh": "new-2", "named": "named-2"},
)
"""For each number of entries, each object's name by that of its address; `?` where it was not seen to be usable."""


def summary(document: StateDocument) -> dict[str, str]:
    """Return what a state holds, in short."""
    return {
        parse_address(one.address).name: remote_of(one).name + ("" if one.verified else "?")
        for one in document.resources
    }


@pytest.mark.parametrize("ended", range(len(SAMPLE) + 1))
def test_a_run_that_ended_anywhere(ended: int) -> None:
    """After a crash at any entry, what was done is in the state, and what may have been created is, unverified."""
    assert summary(fold(start(), SAMPLE[:ended])) == EXPECTED[ended]


@pytest.mark.parametrize("ended", range(len(SAMPLE) + 1))
def test_folding_twice(ended: int) -> None:
    """Folding the same journal once more changes nothing at all."""
    once = fold(start(), SAMPLE[:ended])
    assert fold(once, SAMPLE[:ended]) == once


PROMOTED = (
    entry("done", "1", "mark", "pool.old", NEW, rollout=Marked("new-2", "old-1", "candidate")),
    entry("intent", "2", "put", 'pool.old.candidate["new-2"]', NEW, document={"v": 1}, creates=True),
    entry("done", "2", "put", 'pool.old.candidate["new-2"]', NEW, document={"v": 1}, creates=True, verified=False),
    entry("done", "3", "verify", 'pool.old.candidate["new-2"]', NEW),
    entry(
        "done",
        "4",
        "promote",
        "pool.old",
        NEW,
        rollout=Marked("new-2", "old-1", "promoted"),
        origin=parse_address('pool.old.candidate["new-2"]'),
        retired=parse_address('pool.old.retired["old-1"]'),
    ),
    entry("done", "5", "mark", "pool.old", NEW, rollout=Marked("new-2", "old-1", "retired", keep=60.0)),
    entry("done", "6", "drop", 'pool.old.retired["old-1"]', OLD),
)


@pytest.mark.parametrize("ended", range(len(PROMOTED) + 1))
def test_folding_a_rollout_twice(ended: int) -> None:
    """A candidate that has been promoted is not a candidate once more."""
    entries = [replace(one, at=BEGIN + timedelta(minutes=at)) for at, one in enumerate(PROMOTED)][:ended]
    once = fold(start(), entries)
    assert fold(once, entries) == once
    active = [remote_of(one).name for one in once.resources if one.address == "pool.old"]
    assert active == (["old-1"] if ended < 5 else ["new-2"])


def test_a_call_that_failed_and_may_have_been_made() -> None:
    """A failure that is no refusal is as no outcome: the created object is looked for, the changed one again."""
    doubtful = [replace(one, refused=False) for one in SAMPLE]
    assert summary(fold(start(), doubtful[:10]))["named"] == "named-1?"
    assert summary(fold(start(), doubtful[:16]))["failed"] == "failed?"


@pytest.mark.parametrize("one", SAMPLE, ids=lambda one: f"{one.step}-{one.phase}")
def test_entries_survive_being_written(one: Entry) -> None:
    """An entry read back from its JSON is the same entry."""
    assert entry_of(json.loads(json.dumps(entry_json(one)))) == one


def test_what_is_recorded_of_a_creation() -> None:
    """A created object has its time of creation and what it needs; one that is replaced counts one up."""
    folded = fold(start(), SAMPLE)
    found = {parse_address(one.address).name: one for one in folded.resources}
    assert found["fresh"].created_at == SAMPLE[1].at
    assert found["fresh"].depends_on == ("account.a",)
    assert (found["fresh"].generation, found["old"].generation) == (1, 2)
    assert found["old"].created_at == SAMPLE[4].at
    assert found["renamed"].created_at == BEGIN


@pytest.mark.parametrize(
    "data",
    [{}, {"phase": "done"}, {**entry_json(SAMPLE[1]), "address": "nothing"}, {**entry_json(SAMPLE[1]), "at": "then"}],
    ids=["empty", "part", "address", "time"],
)
def test_what_is_no_entry(data: dict[str, object]) -> None:
    """Data that is no entry is refused, not folded."""
    with pytest.raises((KeyError, ValueError)):
        entry_of(data)


@contextmanager
def counted_lines() -> Iterator[Callable[[], int]]:
    """Count executed lines, each turn of a loop for itself: work that does not depend on the machine."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield lambda: count
    finally:
        sys.settrace(before)


def lines_of_a_fold(objects: int) -> int:
    """Return how many lines folding the creation of so many objects takes."""
    entries = [
        entry(phase, str(at), "put", f'pool.many["{at}"]', remote("pool", f"p{at}"), document={}, creates=True)
        for at in range(objects)
        for phase in ("intent", "done")
    ]
    with counted_lines() as lines:
        folded = fold(empty("1.0"), entries)
        made = lines()
    assert len(folded.resources) == objects
    return made


def test_the_cost_of_many_entries() -> None:
    """Folding 20,000 entries costs ten times what 2,000 cost, not a hundred times."""
    assert lines_of_a_fold(10_000) < 11 * lines_of_a_fold(1_000)
