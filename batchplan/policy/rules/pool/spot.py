"""What does not go together with Spot nodes."""

from collections.abc import Iterator

from batchplan.policy import facts
from batchplan.policy.capacity import nodes
from batchplan.policy.hints import hint, hours
from batchplan.policy.home import in_own_subscription, undeclared
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, scale_path, variants

HOURS = Param("hours", 2, "How long tasks may run on Spot nodes without checkpoints.")
TIME = Param("task_time", "task_time", 'The tag that says how long tasks run, such as "PT3H".')
CHECKPOINTS = Param("checkpoints", "checkpoints", 'The tag that says "true" where tasks go on from checkpoints.')


def _spot(pool: Subject, *names: str) -> list[View]:
    found = [view for view in variants(pool, "fixed_scale", "auto_scale", *names) if nodes(view).spot.high != 0]
    if not found:
        raise Inapplicable("it has no Spot nodes")
    return found


@rule(
    "BP1016", "Low-priority nodes of a Batch service account", kinds=["pool"], severity=Severity.INFO, level=Level.OFF
)
def low_priority_nodes(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool in a Batch service account asks for low-priority nodes, of which Microsoft's pages say different things.

    Why: The pages of 2022 and 2023 give Spot nodes to user subscription accounts alone and end low-priority nodes on
    30 September 2025. Newer ones speak of Spot nodes in both modes, and `target_low_priority_nodes` works on. Nobody
    should find out in an emergency which is true of an account.

    Instead: See that the pool gets its nodes, and keep a dedicated target for work that must run.

    Source: "Use Spot VMs with Batch workloads" of 2023 and of now; the low-priority migration guide. They contradict
    each other, so the rule is off unless a policy set turns it on.
    """
    ends = facts.retirement("feature", "low_priority_user_subscription")
    assert ends is not None, "the table has it"
    if see.days_until(ends.on) >= 0:
        raise Inapplicable(f"low-priority nodes are there until {ends.on}")
    for view in _spot(pool, "account_id"):
        own = in_own_subscription(view, see)
        if own is None:
            raise undeclared(view, "allocation mode")
        if not own:
            yield Finding(
                f"{called(pool, view)} asks for low-priority nodes, whose end was announced for {ends.on}.",
                scale_path(view),
                remediation="See that it gets its nodes (allocation_state and resize_errors), and keep dedicated nodes "
                "for work that must run.",
            )


@rule("BP1017", "Ephemeral OS disk on Spot nodes", kinds=["pool"], severity=Severity.ERROR, level=Level.HARD)
def ephemeral_disk_on_spot(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool has ephemeral OS disks and Spot nodes, which Batch does not allow together.

    Why: The service refuses such a pool, or its Spot nodes are never made.

    Instead: Leave the ephemeral disk out, or put the Spot nodes into a pool of their own.

    Source: "Use ephemeral OS disk nodes for Azure Batch pools", 2025-03; "Use Spot VMs with Batch workloads".
    """
    setting = "os_disk.ephemeral_os_disk_settings"
    found = [view for view in variants(pool, "fixed_scale", "auto_scale", "os_disk") if view.block(setting) is not None]
    if not found:
        raise Inapplicable("its OS disks are not ephemeral")
    for view in found:
        if nodes(view).spot.high != 0:
            path = view.path(setting)
            yield Finding(
                f"{called(pool, view)} has ephemeral OS disks and can have Spot nodes, which Batch does not allow "
                "together.",
                path,
                remediation="Remove ephemeral_os_disk_settings, or move the Spot nodes to a pool of their own.",
                edit=None if view.at else Edit(path, None),
            )


@rule(
    "BP1018", "Work that Spot nodes interrupt", kinds=["pool"], level=Level.ADVISORY, params=[HOURS, TIME, CHECKPOINTS]
)
def interrupted_on_spot(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Work that loses much when one node goes can run on Spot nodes.

    Why: Azure takes Spot nodes back whenever it needs them. A task over several nodes then starts over on all of
    them, and a long one loses all that it has not saved.

    Instead: Use dedicated nodes for it, or save checkpoints and say so with the tag `checkpoints = "true"`.

    Source: "Use Spot VMs with Batch workloads": what they suit. Tasks are not declared, so inter-node communication
    stands for tasks over several nodes, and the tag `task_time = "PT3H"` says how long tasks run.
    """
    for view in _spot(pool, "inter_node_communication", "tags", "metadata"):
        if hint(view, see.param(CHECKPOINTS)).casefold() in ("true", "yes"):
            continue
        long = hours(view, see.param(TIME)) or 0
        what = ""
        if view.text("inter_node_communication").casefold() == "enabled":
            what = "one of them that goes ends the work of all that talk to it"
        elif long > see.param(HOURS):
            what = f"one of them that goes loses up to {long:g} h of work"
        if what:
            yield Finding(
                f"{called(pool, view)} can have Spot nodes: {what}.",
                scale_path(view),
                remediation='Ask for dedicated nodes only, or set tags = { checkpoints = "true" } if tasks go on from '
                "checkpoints.",
            )
