"""A verdict depends on the day that is asked for, and on no other: a saved context gives it again on any day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action
from batchplan.policy.context import Context, Generation, StateSummary, Suppressed
from batchplan.policy.document import read_context, write_context
from batchplan.policy.judge import judged
from batchplan.policy.live import Dataset, Live
from batchplan.policy.model import Phase
from batchplan.policy.registry import built_in
from batchplan.policy.sets import built_in_sets, chosen
from batchplan.policy.subject import Subject
from batchplan.report.policyjson import judgement_json

RULES = built_in()
SETTINGS = chosen("recommended", built_in_sets(), RULES)
ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
MADE = datetime(2026, 11, 22, 12, tzinfo=UTC)
END = date(2027, 4, 1)
IMAGE = {
    "publisher": "microsoft-dsvm",
    "offer": "ubuntu-hpc",
    "sku": "2204",
    "node_agent_sku_id": "batch.node.ubuntu 22.04",
    "os_type": "linux",
    "verification_type": "verified",
    "capabilities": ["DockerCompatible"],
    "batch_support_end_of_life": "2027-04-01T00:00:00Z",
}
POOL = Subject(
    "pool",
    {
        "account_id": ACCOUNT,
        "name": "render",
        "vm_size": "standard_d4s_v5",
        "node_agent_sku_id": "batch.node.ubuntu 22.04",
        "image_reference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204"},
        "fixed_scale": {"target_dedicated_nodes": 4},
    },
    address=parse_address("pool.render"),
    remote=Remote("pool", ACCOUNT, "render-1"),
    action=Action.NOOP,
    observed={"vm_size": "standard_d4s_v5"},
    facts={"current_node_communication_mode": "Classic"},
)
HOME = Subject(
    "account",
    {"name": "west", "location": "westeurope"},
    address=parse_address("account.west"),
    remote=Remote("account", ACCOUNT, "west"),
    action=Action.NOOP,
    observed={"location": "westeurope"},
)
CONTEXT = Context(
    (HOME, POOL),
    MADE.date(),
    MADE,
    live=Live({"supported_images": Dataset(MADE, {ACCOUNT.lower(): [IMAGE]})}),
    state=StateSummary(3, (Generation("pool.render", "render-1", MADE - timedelta(days=3)),)),
    suppressed=(Suppressed("BP2101", "pool.render", "the firewall comes first", "2026-12-31"),),
    planned=True,
)


def verdict(context: Context) -> dict[str, Any]:
    """Return all that is said about a context."""
    return judgement_json(judged(context, RULES, SETTINGS, [*Phase]), verdicts=True)


def statuses(day: date) -> dict[str, str]:
    """Return the findings of rules about days, by id, as of a day."""
    found = verdict(replace(CONTEXT, as_of=day))["findings"]
    return {one["rule"]: one["status"] for one in found if one["rule"] in ("BP0002", "BP1101", "BP1102", "BP2101")}


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 11, 22), END, END + timedelta(days=1), date(2030, 1, 1)])
def test_a_saved_context_gives_the_verdict_of_any_day(day: date) -> None:
    """Judged at once, or written on one day and read on another: with the same day asked for, it is the same."""
    told = verdict(replace(CONTEXT, as_of=day))
    for other in (MADE.date(), day, date(2028, 2, 29)):
        text = write_context(replace(CONTEXT, as_of=other), SETTINGS, "0.1")
        again, settings = read_context(text)
        assert again.as_of == other
        assert settings == SETTINGS
        assert verdict(replace(again, as_of=day)) == told


def test_rules_about_days_change_on_their_day() -> None:
    """The last day of support, and of a suppression, is a day of it."""
    suppressed_until = date(2026, 12, 31)
    assert statuses(suppressed_until) == {"BP2101": "suppressed"}
    assert statuses(suppressed_until + timedelta(days=1)) == {"BP0002": "open", "BP2101": "open"}
    assert "BP1102" not in statuses(END - timedelta(days=90))
    assert "BP1102" in statuses(END - timedelta(days=89))
    assert statuses(END) == {"BP0002": "open", "BP1102": "open", "BP2101": "open"}
    assert statuses(END + timedelta(days=1)) == {"BP0002": "open", "BP1101": "open", "BP2101": "open"}
