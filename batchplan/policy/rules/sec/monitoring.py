"""Whether anybody can tell afterwards what happened in an account."""

from collections.abc import Iterator

from batchplan.policy.model import Finding, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_ENOUGH = frozenset({"servicelog", "alllogs"})


@rule(
    "BP2011",
    "Resource logs are off",
    kinds=["account"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["diagnostic_settings"],
)
def resource_logs_off(account: Subject, see: Scope) -> Iterator[Finding]:
    """An account sends its resource logs nowhere.

    Why: Pools that were resized or deleted and tasks that failed leave a trace there and nowhere else.

    Instead: Add a diagnostic setting with the category ServiceLog to a Log Analytics workspace, an event hub or storage.

    Source: Azure Policy 428256e6-1fac-4f48-a757-df34c2b3336d; Learn, "Diagnostic logging in Azure Batch".

    Exceptions: accounts for trying things out.
    """
    assert account.remote is not None, "an account has its name from the start"
    rows = see.live.row("diagnostic_settings", account.remote.id)
    if any(str(log).lower() in _ENOUGH for one in rows for log in one.get("logs", ())):
        return
    names = ", ".join(str(one["name"]) for one in rows)
    yield Finding(
        f"{account.address} sends no resource logs{f': {names} has no ServiceLog' if names else ''}.",
        expected="ServiceLog",
        actual=[one["name"] for one in rows],
        remediation=f"az monitor diagnostic-settings create --resource {account.remote.id} --name batch "
        '--logs \'[{"category":"ServiceLog","enabled":true}]\' --workspace <id>',
    )
