"""Where a plan asks policy again: after what makes a thing known, before what depends on it, and nowhere else."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from batchplan.core.address import Address, parse_address
from batchplan.core.remote import Remote
from batchplan.plan.planform import Writer, _step
from batchplan.plan.step import Available, Create, PolicyGate, Step
from batchplan.policy.context import Context
from batchplan.policy.gates import gated, waiting_checks
from batchplan.policy.judge import judged
from batchplan.policy.model import Finding, Level, Outcome, Phase, Rule, Severity, Verdict
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.sets import built_in_sets, chosen
from batchplan.policy.subject import Subject
from batchplan.schema.document import UNKNOWN


@rule("BP1999", "Crowded", kinds=["pool"], severity=Severity.ERROR, level=Level.SOFT, inputs=["quotas"])
def crowded(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is in a crowded account."""
    if see.live.quotas(pool.text("account_id")).pools < 2:
        yield Finding("crowded")


@rule("BP1998", "Tall", kinds=["pool"], severity=Severity.ERROR, level=Level.HARD)
def tall(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool is tall."""
    if pool.get("metadata"):
        yield Finding("tall")


@rule("BP1997", "Odd", severity=Severity.ERROR, level=Level.SOFT, inputs=["quotas"])
def odd(_: Subject, see: Scope) -> Iterator[Finding]:
    """The plan is odd."""
    yield from [Finding("odd")] * len(see.live.row("quotas", account("new").id))


def account(name: str) -> Remote:
    account_id = f"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/{name}"
    return Remote("account", account_id, name)


def pool(name: str, home: str) -> Remote:
    return Remote("pool", account(home).account_id, name)


def subject(address: str, remote: Remote, **document: object) -> Subject:
    node = {"account_id": remote.account_id, **document}
    return Subject(remote.kind, node, address=parse_address(address), remote=remote)


def create(address: str, remote: Remote, *needs: str) -> Create:
    at = parse_address(address)
    return Create(id=f"{address}:create", address=at, remote=remote, needs=needs, body={}, applied={})


OLD, NEW = account("old"), account("new")
STEPS: tuple[Step, ...] = (
    create("account.new", NEW),
    Available(
        id="account.new:available",
        address=parse_address("account.new"),
        remote=NEW,
        needs=("account.new:create",),
        timeout=60,
    ),
    create("pool.a", pool("a", "new"), "account.new:available"),
    create("pool.b", pool("b", "old")),
    create("job.j", Remote("job", NEW.account_id, "j"), "pool.a:create"),
)
SUBJECTS = (
    subject("account.new", NEW),
    subject("account.old", OLD),
    subject("pool.a", pool("a", "new")),
    subject("pool.b", pool("b", "old"), metadata=UNKNOWN),
)
NEEDS: dict[Address, tuple[Address, ...]] = {
    parse_address("pool.a"): (parse_address("account.new"),),
    parse_address("job.j"): (parse_address("pool.a"),),
}
CONTEXT = Context(SUBJECTS)


def gates(*rules: Rule, name: str = "recommended", needs: dict[Address, tuple[Address, ...]] = NEEDS) -> list[Step]:
    found = chosen(name, built_in_sets(), rules)
    verdicts = judged(CONTEXT, rules, found, [Phase.STATIC]).verdicts
    return list(gated(STEPS, needs, verdicts, found, CONTEXT))


def needs_of(steps: list[Step]) -> dict[str, tuple[str, ...]]:
    return {step.id: step.needs for step in steps}


def gate_of(steps: list[Step]) -> PolicyGate:
    (gate,) = [step for step in steps if isinstance(step, PolicyGate)]
    return gate


def test_a_rule_that_reads_an_account_waits_for_it() -> None:
    """The pool in the new account waits for the answer, the one in an account that is there does not."""
    steps = gates(crowded)
    gate = gate_of(steps)
    assert (gate.address, gate.needs) == (parse_address("account.new"), ("account.new:available",))
    assert gate.asks == {"BP1999": ("pool.a",)}
    assert needs_of(steps) == {
        "account.new:create": (),
        "account.new:available": ("account.new:create",),
        gate.id: ("account.new:available",),
        "pool.a:create": ("account.new:available", gate.id),
        "pool.b:create": (),
        "job.j:create": ("pool.a:create",),
    }


def test_what_no_account_makes_known_is_not_asked_again() -> None:
    """An unknown value of an object that needs nothing new stays unknown, so there is no gate for it."""
    assert gates(tall) == list(STEPS)


def test_an_unknown_value_waits_for_the_account_that_it_comes_from() -> None:
    """A pool in an old account that takes a value from a new one waits for that one."""
    steps = gates(tall, needs={**NEEDS, parse_address("pool.b"): (parse_address("account.new"),)})
    gate = gate_of(steps)
    assert gate.asks == {"BP1998": ("pool.b",)}
    assert needs_of(steps)["pool.b:create"] == (gate.id,)
    assert gate.id not in needs_of(steps)["pool.a:create"]


def test_what_cannot_stop_an_apply_is_not_asked_again() -> None:
    """An advisory rule, a mild finding, and a rule that is at fault itself need no gate."""
    assert gates(replace(crowded, level=Level.ADVISORY)) == list(STEPS)
    mild = replace(crowded, severity=Severity.WARNING)
    assert gates(mild) == list(STEPS)
    assert gate_of(gates(mild, name="strict")).asks == {"BP1999": ("pool.a",)}
    broken = Verdict(crowded, "pool.a", Outcome.NOT_CHECKED, Level.SOFT, reason="ZeroDivisionError", internal=True)
    found = chosen("recommended", built_in_sets(), [crowded])
    assert gated(STEPS, NEEDS, [broken], found, CONTEXT) == STEPS


def test_a_rule_about_the_plan_stops_all_that_can_wait() -> None:
    """Nothing but the making of the account goes on before the plan as a whole is judged."""
    steps = gates(odd)
    gate = gate_of(steps)
    assert gate.asks == {"BP1997": ("",)}
    assert {name for name, needs in needs_of(steps).items() if gate.id in needs} == {"pool.a:create", "pool.b:create"}


def test_gates_that_a_plan_has_stay() -> None:
    """A saved plan asks what it said it would, and what the policy of today asks besides."""
    found = chosen("recommended", built_in_sets(), [crowded, odd])
    steps = gates(crowded)
    assert gated(steps, NEEDS, (), found, CONTEXT) == tuple(steps)
    more = judged(CONTEXT, [odd], found, [Phase.STATIC]).verdicts
    both = gated(steps, NEEDS, more, found, CONTEXT)
    assert waiting_checks(both) == {("BP1999", "pool.a"), ("BP1997", "")}
    assert gate_of(list(both)).id == gate_of(steps).id


def test_a_gate_is_in_the_plan_file() -> None:
    """What is read back is what was written."""
    gate = gate_of(gates(crowded, odd))
    assert _step(Writer("a2V5").step(gate)) == gate


@pytest.mark.parametrize(("gate", "stops"), [(False, []), (True, ["pool.b"])])
def test_what_is_asked_later_does_not_refuse_an_apply(gate: bool, stops: list[str]) -> None:
    """A hard rule without an answer refuses an apply, unless the answer comes on the way."""
    found = chosen("recommended", built_in_sets(), [tall])
    now = judged(CONTEXT, [tall], found, [Phase.STATIC], gate=gate)
    assert [one.address for one in now.undecided_hard] == stops
    later = judged(CONTEXT, [tall], found, [Phase.STATIC], gate=gate, later=lambda one: one.address == "pool.b")
    assert later.undecided_hard == ()
