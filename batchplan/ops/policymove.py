"""What policy says of a failover: only what the move itself causes, for an outage is no moment for anything else."""

from dataclasses import replace

from batchplan.ops.plan import Planned
from batchplan.ops.policy import PLANNING, Asked, Checked, check_plan
from batchplan.ops.session import Session
from batchplan.plan.backups import as_declared
from batchplan.plan.step import SetActive
from batchplan.policy.judge import Judgement, judged
from batchplan.policy.model import Phase, Verdict
from batchplan.policy.subjects import planned as planned_subjects


def is_move(planned: Planned) -> bool:
    """Return whether a plan moves work to another region."""
    return any(isinstance(step, SetActive) and step.since is None for step in planned.steps)


async def check_move(session: Session, planned: Planned, asked: Asked, *, unreachable: bool = False) -> Checked:
    """Return what the rules find because of a move: not what they find as well while nothing moves.

    With `unreachable` nothing is read for it, which could take minutes in an outage, and no finding stops the move:
    somebody has decided on it who knows that a region is down. Raise UserError when the policy blocks are wrong.
    """
    checked = await check_plan(session, planned, asked, refresh=not unreachable, gate=True)
    found, before = checked.judgement, _unmoved(planned, checked)
    known = {one.known_by for one in before.findings}
    new = tuple(one for one in found.findings if one.known_by not in known)
    if unreachable:
        advised = tuple(replace(one, blocks=False) for one in new)
        return replace(checked, judgement=replace(found, findings=advised, undecided_hard=()))
    known_gaps = {_asked(one) for one in before.undecided_hard}
    gaps = tuple(one for one in found.undecided_hard if _asked(one) not in known_gaps)
    return replace(checked, judgement=replace(found, findings=new, undecided_hard=gaps))


def _unmoved(planned: Planned, checked: Checked) -> Judgement:
    """Return what the rules say of the same configuration, and the same facts, while the plan does nothing."""
    subjects = planned_subjects(as_declared(planned.desired), (), planned.observed)
    context = replace(checked.context, subjects=subjects, steps=())
    return judged(context, checked.policy.rules, checked.policy.chosen, (*PLANNING, Phase.APPLY), gate=True)


def _asked(one: Verdict) -> tuple[str, str]:
    return one.rule.id, one.address
