"""What policy is told of a state: a history of rollouts names the pools that are gone, and rules speak of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.ops.statesummary import summary
from batchplan.plan.change import Action
from batchplan.policy.context import Context
from batchplan.policy.document import read_context, write_context
from batchplan.policy.judge import judged
from batchplan.policy.model import Phase
from batchplan.policy.registry import built_in
from batchplan.policy.sets import built_in_sets, chosen
from batchplan.policy.subject import Subject
from batchplan.state.document import empty
from batchplan.state.model import RemoteRecord, ResourceRecord, RolloutRecord, StateDocument
from batchplan.state.rollouts import Marked, with_mark

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
POOL = "pool.render"
RULES = [one for one in built_in() if one.id in ("BP6005", "BP7001")]


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def rollouts(*marks: tuple[str, str, str, float]) -> tuple[RolloutRecord, ...]:
    """Return the rollouts that marks have left: candidate, previous, phase, and how many days ago."""
    listed: tuple[RolloutRecord, ...] = ()
    for candidate, previous, phase, days in marks:
        listed = with_mark(listed, Marked(candidate, previous, phase), ago(days))
    return listed


def state(pools: Mapping[str, tuple[str, float]], listed: Sequence[RolloutRecord]) -> StateDocument:
    """Return a state: by address the id of a pool, and how many days ago it was made."""
    resources = tuple(
        ResourceRecord(
            address=address,
            remote=RemoteRecord(kind="pool", account_id=ACCOUNT, name=name),
            applied={},
            created_at=ago(days),
        )
        for address, (name, days) in pools.items()
    )
    return empty("0.1").model_copy(update={"resources": resources, "rollouts": {POOL: tuple(listed)}})


def told(found: StateDocument, successor: str, action: Action = Action.REPLACE) -> dict[str, str]:
    """Return what the rules about churn and ids say about another replacement, also when the context was saved."""
    remote = Remote("pool", ACCOUNT, "render-4")
    pool = Subject("pool", {"account_id": ACCOUNT, "name": "render"}, address=parse_address(POOL), remote=remote)
    pool = replace(pool, action=action, replaced_by=Remote("pool", ACCOUNT, successor), strategy="blue_green")
    context = Context((pool,), NOW.date(), NOW, state=summary(found), planned=True)
    settings = chosen("recommended", built_in_sets(), RULES)
    first = judged(context, RULES, settings, [Phase.PLAN])
    again, _ = read_context(write_context(context, settings, "0.1").encode())
    second = judged(again, RULES, settings, [Phase.PLAN])
    assert [one.finding.message for one in first.findings] == [one.finding.message for one in second.findings]
    return {one.rule.id: one.finding.message for one in first.findings}


CHURN = rollouts(
    ("render-2", "render-1", "candidate", 6),
    ("render-2", "render-1", "done", 5.5),
    ("render-3", "render-2", "candidate", 4),
    ("render-3", "render-2", "done", 3.5),
    ("render-4", "render-3", "candidate", 2),
    ("render-4", "render-3", "retired", 1.5),
)
PRESENT = {POOL: ("render-4", 2.0), f'{POOL}.retired["render-3"]': ("render-3", 4.0)}


def test_pools_that_are_gone_are_in_the_summary() -> None:
    """What the state still has is there; what rollouts alone name is gone since its rollout came to its end."""
    made = {one.name: one for one in summary(state(PRESENT, CHURN)).generations}
    assert {name: one.gone_at for name, one in made.items()} == {
        "render-4": None,
        "render-3": None,
        "render-2": ago(3.5),
        "render-1": ago(5.5),
    }
    assert {name: one.created_at for name, one in made.items()} == {
        "render-4": ago(2),
        "render-3": ago(4),
        "render-2": ago(6),
        "render-1": None,
    }
    assert made["render-1"].address == POOL


def test_a_pool_that_is_made_anew_all_the_time_is_found() -> None:
    """Three pools within a week are enough; the one that comes would be the fourth."""
    found = told(state(PRESENT, CHURN), "render-5")
    assert found == {
        "BP6005": "pool.render would be made for the 4th time within a week; its present pool is 48 hours old."
    }
    old = tuple(one.model_copy(update={"started_at": one.started_at - timedelta(days=30)}) for one in CHURN)
    calm = {POOL: ("render-4", 2.0), f'{POOL}.retired["render-3"]': ("render-3", 34.0)}
    assert told(state(calm, old), "render-5") == {}


def test_a_candidate_that_was_given_up_is_no_present_pool() -> None:
    """It counts as made, but the age that matters is that of the pool which stayed."""
    listed = rollouts(("render-5", "render-4", "candidate", 0.2), ("render-5", "render-4", "aborted", 0.1))
    assert told(state({POOL: ("render-4", 20.0)}, listed), "render-6") == {}
    assert told(state({POOL: ("render-4", 0.5)}, listed), "render-6") == {
        "BP6005": "pool.render would be made for the 3rd time within a week; its present pool is 12 hours old."
    }


@pytest.mark.parametrize(("name", "says"), [("Render-2", True), ("render-3", False), ("render-5", False)])
def test_an_id_of_a_pool_that_is_gone_is_not_used_again(name: str, says: bool) -> None:
    """The id of a generation that is gone is another pool's; the retired one may come back under its own."""
    found = told(state(PRESENT, CHURN), name)
    assert ("BP7001" in found) is says
    if says:
        assert found["BP7001"] == 'pool.render is to have the id "Render-2", which pool.render had until 2026-11-18.'
