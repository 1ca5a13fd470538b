"""Names for people."""

from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("BP7003", "Pool without a display name", kinds=["pool"], severity=Severity.INFO, level=Level.ADVISORY)
def display_name_missing(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool whose id is made by batchplan has no name for people.

    Why: The id ends in the suffix of a generation and is new after each replacement. In the portal and in bills a
    display name is what stays.

    Instead: Set `display_name`. It is a label: setting it replaces nothing.

    Source: "Azure Batch best practices", Pools: unique resource names, DisplayName.
    """
    if not pool.text("display_name").strip():
        name = pool.text("name")
        yield Finding(
            f"{pool.address} has no display_name beside its generated id.",
            "display_name",
            remediation=f'Set display_name = "{name}".',
            edit=Edit("display_name", name),
        )
