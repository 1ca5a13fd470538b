"""Schedules that are not declared, and would lose something on the way to another pool."""

from collections.abc import Sequence

from batchplan.core.codes import UNMOVABLE_SCHEDULE
from batchplan.core.diagnostics import Diagnostics
from batchplan.plan.change import BLUE_GREEN, DRAIN, UNDO, Action, Change, Changes
from batchplan.plan.desired import DesiredObject
from batchplan.plan.settings import moves_all


def report_unmovable(changes: Changes, desired: Sequence[DesiredObject], diagnostics: Diagnostics) -> None:
    """Report each schedule that a rollout would send back without a password that Azure does not tell."""
    places = {one.address: one for one in desired}
    planned = {one.remote.key for one in changes.objects if one.action is not Action.NOOP}
    for change in changes.objects:
        work = changes.work.get(change.rollout.previous.key) if change.rollout is not None else None
        if work is None or not _moves(change):
            continue
        for schedule in work.schedules:
            if schedule.name.lower() in work.sealed and schedule.key not in planned:
                one = places.get(change.address)
                at = one.at if one is not None else None
                diagnostics.error(UNMOVABLE_SCHEDULE, _detail(change, schedule.name), at)


def _moves(change: Change) -> bool:
    moving = change.strategy in (BLUE_GREEN, DRAIN, UNDO) and change.rollout is not None and change.rollout.promotes
    return moving and moves_all(change.after or {})


def _detail(change: Change, schedule: str) -> str:
    return (
        f'The schedule "{schedule}" runs on {change.address} and is not declared. Its tasks sign in to a container '
        "registry with a password, which Azure does not tell: sent back for another pool without it, its runs would "
        "fail. Declare the schedule, let its registry take an identity, or leave what is not declared on the old pool: "
        'replacement { retarget = "managed" }.'
    )
