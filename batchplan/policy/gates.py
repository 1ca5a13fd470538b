"""What cannot be told when planning and can be during apply: which rules are asked again, where, and what waits for it.

Only the making of an account makes things known on the way: what Azure tells about it, and what is read in it. A rule
that has no answer for want of these is asked again when the account is there, before anything that it is about is
touched.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan.order import closure, sorted_steps
from batchplan.plan.step import Available, Create, PolicyGate, Step
from batchplan.policy.context import Context
from batchplan.policy.live import MAX_AGE
from batchplan.policy.model import Outcome, Phase, Severity, Verdict
from batchplan.policy.sets import Chosen

WORD = "policy"
"""Ends the ids of gates."""

OF_ACCOUNTS = frozenset(MAX_AGE) - {"vm_sizes", "location_quotas", "api_versions"}
"""Datasets that are read in accounts; those of regions and of the subscription can be read before there is an account."""

Need = Mapping[Address, Collection[Address]]
Check = tuple[str, str]
"""The id of a rule, and the address of what it is asked about; empty for the whole plan."""


@dataclass(frozen=True, slots=True)
class Making:
    """The accounts that a plan makes, by id in lower case, each with the step after which it answers.

    `objects` are those of each instance: an object itself, and the backups that stand for it in other regions.
    """

    needs: Need
    accounts: Mapping[str, Step]
    objects: Mapping[Address, Collection[Address]]

    def waits_for(self, verdict: Verdict, chosen: Chosen, context: Context) -> frozenset[str]:
        """Return the accounts that a verdict without an answer waits for; none when it need not be asked again.

        That is so for rules that could not stop the apply anyhow, for those of the last look before it, and for what
        no account makes known.
        """
        rule = verdict.rule
        if verdict.internal or rule.phase is Phase.APPLY or not self.accounts:
            return frozenset()
        unread = verdict.outcome is Outcome.NOT_CHECKED and not OF_ACCOUNTS.isdisjoint(rule.inputs)
        if not unread and verdict.outcome is not Outcome.UNKNOWN:
            return frozenset()
        if not chosen.blocks(verdict.level, _severity(verdict, chosen)):
            return frozenset()
        return self._behind(verdict.address, context)

    def _behind(self, address: str, context: Context) -> frozenset[str]:
        """Return the new accounts that an object is in, or needs; for the plan as a whole, all of them."""
        subject = context.by_address(address)
        if subject is None:
            return frozenset(self.accounts)
        needed = closure(self.objects.get(subject.address, (subject.address,)), self.needs)
        found = {key for key, step in self.accounts.items() if step.address in needed}
        if subject.remote is not None and subject.remote.account_id.lower() in self.accounts:
            found.add(subject.remote.account_id.lower())
        return frozenset(found)


def making(steps: Sequence[Step], needs: Need) -> Making:
    """Return what a plan makes; `needs` are those of its objects."""
    made: dict[str, Step] = {}
    for step in steps:
        if step.remote.kind == "account" and isinstance(step, (Create, Available)):
            made[step.remote.account_id.lower()] = step
    objects: dict[Address, list[Address]] = {}
    for address in needs if made else ():
        objects.setdefault(address.instance, []).append(address)
    return Making(needs, made, objects)


def gated(
    steps: Sequence[Step], needs: Need, verdicts: Iterable[Verdict], chosen: Chosen, context: Context
) -> tuple[Step, ...]:
    """Return the steps of a plan with the gates at which verdicts without an answer are asked again.

    Gates that the plan has already stay, and may ask more.
    """
    old = [step for step in steps if isinstance(step, PolicyGate)]
    plain = _without(steps, frozenset(one.id for one in old))
    plan = making(plain, needs)
    asked: dict[frozenset[str], list[Check]] = {}
    for gate in old:
        keys = frozenset(key for key, step in plan.accounts.items() if step.id in gate.needs)
        asked.setdefault(keys, []).extend((rule, one) for rule, listed in gate.asks.items() for one in listed)
    for verdict in verdicts:
        accounts = plan.waits_for(verdict, chosen, context)
        if accounts:
            asked.setdefault(accounts, []).append((verdict.rule.id, verdict.address))
    made, names = list(plain), {step.id: str(step.address.instance) for step in plain}
    for accounts, checks in sorted(asked.items(), key=lambda pair: sorted(pair[0])):
        if accounts:
            made = _with_gate(made, names, plan, accounts, checks, context)
            names[made[-1].id] = str(made[-1].address.instance)
    return sorted_steps(made) if asked else tuple(plain)


def _without(steps: Sequence[Step], ids: frozenset[str]) -> list[Step]:
    return [
        replace(step, needs=tuple(one for one in step.needs if one not in ids))
        if not ids.isdisjoint(step.needs)
        else step
        for step in steps
        if step.id not in ids
    ]


def _with_gate(
    steps: list[Step],
    names: Mapping[str, str],
    plan: Making,
    accounts: frozenset[str],
    checks: Iterable[Check],
    context: Context,
) -> list[Step]:
    """Return steps with a gate after the accounts and before what it is about; `names` are their objects, by their ids.

    What is asked about the plan as a whole is about every step, and an account is touched by all that is done in it.
    """
    made = [plan.accounts[key] for key in sorted(accounts)]
    asks: dict[str, dict[str, None]] = {}
    for rule, address in checks:
        asks.setdefault(rule, {})[address] = None
    name = f"{made[0].address}:{WORD}"
    taken = {step.id for step in steps}
    gate = PolicyGate(
        id=next(one for one in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if one not in taken),
        address=made[0].address,
        remote=made[0].remote,
        needs=tuple(step.id for step in made),
        asks={rule: tuple(listed) for rule, listed in sorted(asks.items())},
    )
    before = closure(gate.needs, {step.id: step.needs for step in steps})
    addresses = {one for listed in asks.values() for one in listed}
    everything = any(context.by_address(one) is None for one in addresses)
    touched = {key for key in accounts if _account(plan.accounts[key].remote, context) in addresses}
    held = {
        step.id
        for step in steps
        if step.id not in before
        and not step.instead_of
        and (everything or names[step.id] in addresses or step.remote.account_id.lower() in touched)
    }
    waiting = [
        replace(step, needs=(*step.needs, gate.id)) if step.id in held and held.isdisjoint(step.needs) else step
        for step in steps
    ]
    return [*waiting, gate]


def _account(remote: Remote, context: Context) -> str:
    account_id = remote.account_id
    found = context.by_remote(Remote("account", account_id, account_id.rpartition("/")[2]))
    return str(found.address) if found is not None else ""


def _severity(verdict: Verdict, chosen: Chosen) -> Severity:
    setting = chosen.settings.get(verdict.rule.id)
    return setting.severity if setting is not None and setting.severity is not None else verdict.rule.severity


def asks(gate: PolicyGate) -> frozenset[Check]:
    """Return what a gate asks."""
    return frozenset((rule, address) for rule, listed in gate.asks.items() for address in listed)


def waiting_checks(steps: Iterable[Step]) -> frozenset[Check]:
    """Return all that the gates of a plan ask."""
    return frozenset(check for step in steps if isinstance(step, PolicyGate) for check in asks(step))
