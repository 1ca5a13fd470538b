"""What a plan says of objects that change in the state alone: forgotten, moved, imported."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Cause, Change, Changes, FieldChange
from batchplan.report.events import plan_stream
from batchplan.report.plan import done_text, headline, text, totals

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
POOL = Change(parse_address("pool.main"), Action.NOOP, Remote("pool", ACCOUNT, "main-1"), {"name": "main"}, {})
FIELD = FieldChange(("display_name",), "one", "one", "two", "live", "because", Cause.DRIFT)
REFRESHED = replace(POOL, action=Action.UPDATE, strategy="adopt", cause=Cause.DRIFT, fields=(FIELD,))
FORGOTTEN = replace(POOL, action=Action.DELETE, after=None, strategy="forget", notes=("it stays in Azure",))
DESTROYED = replace(POOL, action=Action.DELETE, after=None, strategy="remove")
MOVED = replace(POOL, moved_from=parse_address("pool.old"))
IMPORTED = replace(POOL, imported=True)
JOB = replace(POOL, address=parse_address("job.j"), remote=Remote("job", ACCOUNT, "j"), action=Action.CREATE)


@pytest.mark.parametrize(
    ("objects", "answer"),
    [
        ([], "No changes. What is live matches the configuration."),
        ([FORGOTTEN], "1 pool forgotten. In Azure nothing changes."),
        ([MOVED], "1 pool moved. What is live matches the configuration."),
        ([IMPORTED], "1 pool imported. What is live matches the configuration."),
        ([REFRESHED], "1 pool refreshed. In Azure nothing changes."),
        ([FORGOTTEN, MOVED], "1 pool forgotten · 1 pool moved. In Azure nothing changes."),
        ([FORGOTTEN, JOB], "1 job created · 1 pool forgotten"),
        ([MOVED, JOB], "1 job created"),
        ([FORGOTTEN, DESTROYED], "1 pool destroyed · 1 pool forgotten"),
    ],
)
def test_headline(objects: list[Change], answer: str) -> None:
    """The answer tells what the state loses apart from what is destroyed, and a move from no change."""
    assert headline(Changes(tuple(objects), (), (), 0)) == answer


def test_what_is_forgotten_is_not_called_destroyed() -> None:
    """Neither the plan nor its sums nor the end of the run speak of destroying what stays in Azure."""
    found = Changes((FORGOTTEN,), (), (), 0)
    told = text(found, ())
    assert "pool.main will be forgotten" in told
    assert "will be destroyed" not in told
    assert totals(found) == "0 to create, 0 to change, 0 to destroy, 1 to forget."
    assert done_text(found) == "Apply complete: 1 forgotten."


def test_a_refresh_is_not_told_as_an_update() -> None:
    """What the state takes over goes from what was applied to what is live, and nothing is said to be changed."""
    found = Changes((REFRESHED,), (), (), 0)
    told = text(found, ())
    assert "pool.main will be refreshed" in told
    assert 'display_name = "one" -> "two"' in told
    assert "will be updated" not in told
    assert totals(found) == "0 to create, 0 to change, 0 to destroy, 1 to refresh."
    assert done_text(found) == "Apply complete: 1 refreshed."
    events = [event["type"] for event in plan_stream(found, (), NOW)]
    assert "planned_change" not in events


def test_what_was_changed_outside_is_put_back() -> None:
    """A field goes from what is live to what is declared, which was applied before."""
    told = text(Changes((replace(POOL, action=Action.UPDATE, fields=(FIELD,)),), (), (), 0), ())
    assert 'display_name = "two" -> "one"   # changed outside' in told


@pytest.mark.parametrize(
    ("one", "word", "removed"),
    [
        (FORGOTTEN, "remove", 0),
        (DESTROYED, "delete", 1),
        (MOVED, "move", 0),
        (IMPORTED, "import", 0),
        (JOB, "create", 0),
    ],
)
def test_events_have_the_words_of_terraform(one: Change, word: str, removed: int) -> None:
    """`terraform plan -json` says move, import and remove of what changes in the state alone."""
    events = {event["type"]: event for event in plan_stream(Changes((one,), (), (), 0), (), NOW)}
    assert events["planned_change"]["change"]["action"] == word
    assert events["change_summary"]["changes"]["remove"] == removed


def test_the_end_tells_imports_and_moves() -> None:
    """As in Terraform, what was imported is counted, and so is what has moved."""
    assert done_text(Changes((IMPORTED, MOVED, JOB), (), (), 0)) == "Apply complete: 1 created, 1 imported, 1 moved."


@pytest.mark.parametrize(
    ("strategy", "symbol", "meaning"),
    [
        ("blue_green", "+/-", "create the new one, move the work, then remove the old one"),
        ("recreate", "-/+", "remove the old one, then create the new one"),
        ("drain_and_patch", "-~+", "drain it, change it while it is empty, and fill it again"),
    ],
)
def test_replacements_are_told_apart(strategy: str, symbol: str, meaning: str) -> None:
    """The symbol, and the legend, say whether the old one is there until the new one is."""
    told = text(Changes((replace(POOL, action=Action.REPLACE, strategy=strategy),), (), (), 0), ())
    assert f"  {symbol} {meaning}\n" in told
    assert f'\n{symbol} pool "main" {{' in told
    assert told.count(" remove the old one") == ("remove" in meaning)
