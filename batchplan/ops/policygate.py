"""Policy in the middle of a run: gates in a plan, and asking at them with what is known by then."""

from dataclasses import dataclass, field, replace

from batchplan.core.diagnostics import UserError
from batchplan.ops.afterwards import known_now
from batchplan.ops.plan import Planned
from batchplan.ops.policy import UNDECIDED, Asked, Checked, check_again, override_records, refusal
from batchplan.ops.session import Session
from batchplan.plan.step import PolicyGate
from batchplan.policy.gates import Check, asks, gated
from batchplan.policy.judge import Judged, Judgement, Status
from batchplan.policy.model import Verdict
from batchplan.ports import GateAnswer
from batchplan.state.model import OverrideRecord


def with_gates(planned: Planned, checked: Checked | None) -> Planned:
    """Return a plan that asks policy again on its way, where it had no answer for want of what the plan makes."""
    if checked is None:
        return planned
    found = checked.judgement.verdicts
    steps = gated(planned.steps, planned.changes.needs, found, checked.policy.chosen, checked.context)
    return replace(planned, steps=steps)


@dataclass(slots=True)
class PolicyGatekeeper:
    """Implements `ports.Gatekeeper` for one run. `before` is what was checked before it began.

    `overridden` gathers the overrides that were needed on the way, for the state.
    """

    session: Session
    planned: Planned
    asked: Asked
    before: Checked
    overridden: list[OverrideRecord] = field(default_factory=list)

    async def ask(self, gate: PolicyGate) -> GateAnswer:
        """Return what the rules of a gate say, with what is known by now. Raise AzureError."""
        checks = asks(gate)
        try:
            checked = await self._checked(gate)
        except UserError as error:
            return GateAnswer(stops=tuple(one.detail for one in error.diagnostics))
        found = checked.judgement
        accepted = [one for one in found.findings if one.status is Status.OVERRIDDEN and _check(one, found) in checks]
        known = {one.rule for one in self.overridden}
        records = override_records(accepted, self.session.clock.now())
        self.overridden += [one for one in records if one.rule not in known]
        return GateAnswer(
            stops=(
                *(refusal(one) for one in found.refusing if _check(one, found) in checks),
                *(_untold(one) for one in found.undecided_hard if (one.rule.id, one.address) in checks),
            ),
            overridden=tuple(_override(one) for one in accepted),
        )

    async def _checked(self, gate: PolicyGate) -> Checked:
        made = [step.remote for step in self.planned.steps if step.id in gate.needs]
        planned = await known_now(self.session, self.planned, made)
        accounts = {one.account_id.lower() for one in made}
        return await check_again(self.session, planned, self.asked, self.before, frozenset(gate.asks), accounts)


def _check(one: Judged, judgement: Judgement) -> Check:
    """Return what was asked when a finding was made; that a block has no answer is an answer about the block."""
    if one.rule.id != UNDECIDED:
        return one.rule.id, one.verdict.address
    asked = {verdict.rule.fault: verdict.rule.id for verdict in judgement.verdicts}
    return asked.get(str(one.finding.actual), ""), one.address


def _override(one: Judged) -> str:
    return f"{one.rule.id} overridden: {one.because}"


def _untold(one: Verdict) -> str:
    about = f" about {one.address}" if one.address else ""
    return f"{one.rule.id} {one.rule.title}: it still cannot be told{about} ({one.reason}), and the rule is hard."
