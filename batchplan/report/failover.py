"""A failover as text: what moves where, what is lost and what is not, the steps, and what is owed."""

from collections.abc import Iterator, Sequence

from batchplan.core.address import Address
from batchplan.plan.regions import Moving
from batchplan.plan.step import SetActive, Step, StillSilent
from batchplan.report.plan import Segment, listed_kinds
from batchplan.report.steps import sentence


def headline(moving: Sequence[Moving], *, resubmit: bool = False) -> str:
    """Return the answer: which region does not answer, how much moves where, and what becomes of tasks."""
    silent = list(dict.fromkeys(word for one in moving for word in one.silent))
    first = f"{_and(silent)} {'does' if len(silent) == 1 else 'do'} not answer (3 of 3 probes). " if silent else ""
    schedules = sum(len(one.group.schedules) for one in moving)
    what = listed_kinds({"pool": len(moving), **({"job_schedule": schedules} if schedules else {})}, joint=", ")
    verb = "moves" if len(moving) == 1 and not schedules else "move"
    where = _and(list(dict.fromkeys(one.to for one in moving)))
    return f"{first}{what.replace('job schedule', 'schedule')} {verb} to {where}{_tasks(moving, resubmit=resubmit)}"


def _tasks(moving: Sequence[Moving], *, resubmit: bool) -> str:
    if all(one.running is None for one in moving):
        return " · what became of running and waiting tasks there is not known"
    running = sum(one.running or 0 for one in moving)
    waiting = sum(one.waiting or 0 for one in moving)
    if not running and not waiting:
        return " · no tasks are left behind"
    if resubmit:
        return f" · {running} running and {waiting} waiting tasks are added again there, and may have run in part (at least once)"
    left = f" · {running} running tasks finish where they are"
    return left + (f", {waiting} waiting ones stay there: -resubmit adds them again" if waiting else "")


def segments(moving: Sequence[Moving], steps: Sequence[Step], *, resubmit: bool = False) -> Iterator[Segment]:
    """Yield the pieces of a failover's plan with their styles."""
    yield "bold", headline(moving, resubmit=resubmit) + "\n"
    if not steps:
        yield "", "\nIt has been done already. Nothing is left to do.\n"
        return
    yield "", "\n"
    for at, step in enumerate(steps, 1):
        where = "" if isinstance(step, (SetActive, StillSilent)) else _region(step.address, moving)
        yield "", f"  {at:>3}  {sentence(step)}{f'   ({where})' if where else ''}\n"
    owed = [step for step in steps if isinstance(step, SetActive) and step.owed]
    for step in owed:
        names = _and([one.rpartition("/")[2] for one in step.owed])
        yield "update", f"  owed, when {names} answers: disable the schedules of {step.address} there, resize to 0\n"


def settling(moving: Sequence[Moving], steps: Sequence[Step]) -> Iterator[Segment]:
    """Yield the pieces of a clean-up that is owed, with their styles: what is done where a region answers again."""
    if not moving:
        yield "", "Something is owed, and no region to which it is owed answers yet.\n"
        return
    for one in moving:
        yield "bold", f"{one.left} answers again; {one.group.pool} stays active in {one.to}\n"
    yield "", "\n"
    for at, step in enumerate(steps, 1):
        yield "", f"  {at:>3}  {sentence(step)}\n"


def settled_text(moving: Sequence[Moving]) -> str:
    """Return what a clean-up has come to."""
    where = _and(list(dict.fromkeys(one.left for one in moving)))
    return f"{where} is cleaned up; {_and([str(one.group.pool) for one in moving])} is at work in one region."


def _region(address: Address, moving: Sequence[Moving]) -> str:
    """Return in which region a step is, where that is not plain."""
    for one in moving:
        key = one.group.key_of(address)
        if key is not None:
            return one.to if key == one.group.active else one.left
    return ""


def done_text(moving: Sequence[Moving], steps: Sequence[Step]) -> str:
    """Return what a failover that is complete has come to, and what is to be done next."""
    pools = ", ".join(str(one.group.pool) for one in moving)
    where = _and(list(dict.fromkeys(one.to for one in moving)))
    lines = [f"{pools} {'is' if len(moving) == 1 else 'are'} active in {where}."]
    if any(isinstance(step, StillSilent) for step in steps):
        lines.append("The clean-up in the other region is owed. When it answers again: batchplan apply")
    back = [str(one.group.pool) for one in moving if one.group.active]
    if back:
        lines.append(f"To return: batchplan failback {' '.join(back)}")
    return "\n".join(lines)


def _and(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
