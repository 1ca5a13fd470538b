"""What could not be told: custom policies without an answer, live data that is missing or old."""

from collections.abc import Iterator

from batchplan.policy.model import Finding, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("BP0006", "Custom policy undecided", phase=Phase.PLAN, severity=Severity.ERROR, level=Level.SOFT)
def custom_policy_undecided(_: Subject, see: Scope) -> Iterator[Finding]:
    """A policy block could not be decided, because a value is not known or the expression failed.

    Why: A policy that cannot be decided has not passed. While planning this is a warning; at the gate of an apply it
    is an error.

    Instead: Make the value known when planning, or say in the block what to do: `on_unknown = "pass"` or `"fail"`.

    Source: batchplan's own; undefined results of Rego pass silently, which is the hole to close.
    """
    for name, address, reason in see.context.record.undecided:
        yield Finding(
            f"Policy {name} could not be decided for {address or 'the plan'}: {reason}.",
            actual=name,
            address=address,
            severity=Severity.ERROR if see.context.record.gate else Severity.WARNING,
            remediation='Supply the value, or set on_unknown = "pass" or "fail".',
        )


@rule("BP0007", "Live data missing or old", phase=Phase.LIVE, severity=Severity.INFO, level=Level.ADVISORY)
def live_data_missing(_: Subject, see: Scope) -> Iterator[Finding]:
    """Data that rules look at was not read, or was read long ago.

    Why: Ends of support and quotas change from day to day; a check against old data, or none, proves little.

    Instead: Let plan look at Azure (leave -refresh=false out), with rights to read images, sizes and quotas.

    Source: "Azure Batch best practices", Pools: image life cycle; batchplan's own limits of age.

    Exceptions: checks without a connection, such as those of a saved context.
    """
    record = see.context.record
    for name, rules in record.unread.items():
        some = "1 rule was" if rules == 1 else f"{rules} rules were"
        yield Finding(f"{name} could not be read: {some} not checked everywhere.", actual=name)
    for name, age in record.stale.items():
        yield Finding(f"{name} is {_age(age)} old.", actual=name)


def _age(seconds: int) -> str:
    if seconds >= 172800:
        return f"{seconds // 86400} days"
    return f"{seconds // 3600} hours" if seconds >= 7200 else f"{seconds // 60} minutes"
