"""In whose subscription an account makes its nodes."""

from collections.abc import Iterator

from batchplan.plan.change import Action
from batchplan.policy.capacity import nodes
from batchplan.policy.hints import hint
from batchplan.policy.home import is_own_subscription
from batchplan.policy.model import Finding, Inapplicable, Level, NotKnownYet, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.variants import counted

REASON = Param("reason", "pool_allocation_reason", "The tag of the account that says why it is in this mode.")


def _needs_own_subscription(account: Subject) -> None:
    if not is_own_subscription(account):
        raise Inapplicable("Batch makes its nodes in subscriptions of its own")


@rule(
    "BP1011",
    "User subscription mode without a reason",
    kinds=["account"],
    severity=Severity.INFO,
    level=Level.ADVISORY,
    params=[REASON],
)
def own_subscription_without_reason(account: Subject, see: Scope) -> Iterator[Finding]:
    """An account makes nodes in the user's subscription, and nothing says what that is for.

    Why: The mode costs a key vault, a role for the Batch service, quotas of the subscription, and clean-up of scale
    sets by hand when something fails. Most workloads gain nothing from it.

    Instead: Leave `pool_allocation_mode` out for a new account. Where reserved instances, Azure Policy on scale sets or
    one's own core quota are the reason, say so in the tag `pool_allocation_reason`. Pools with Spot nodes or a disk
    encryption set speak for themselves.

    Source: "Azure Batch best practices", Pools: pool allocation mode; "Batch security and compliance best practices".
    """
    _needs_own_subscription(account)
    if hint(account, see.param(REASON)) or any(_speaks_for_it(pool) for pool in see.in_account(account, "pool")):
        return
    yield Finding(
        f"{account.address} makes nodes in the user's subscription, and nothing says why.",
        "pool_allocation_mode",
        expected="BatchService",
        actual="UserSubscription",
        remediation='Say why, tags = { pool_allocation_reason = "reserved instances" }, or use "BatchService" for a new '
        "account.",
    )


def _speaks_for_it(pool: Subject) -> bool:
    return nodes(pool).spot.high != 0 or pool.has("os_disk.managed_disk.disk_encryption_set")


@rule(
    "BP1012",
    "Subscription is not prepared for Batch",
    kinds=["account"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["subscription_setup"],
)
def subscription_not_prepared(account: Subject, see: Scope) -> Iterator[Finding]:
    """The subscription in which an account is to make nodes lacks what Batch needs there.

    Why: Without the resource provider, and a role for the Batch service, the account or each of its pools cannot be
    made. Upgrades of the operating system wait for tasks only where the feature for it is registered.

    Instead: Register Microsoft.Batch, give "Microsoft Azure Batch" its role on the subscription, and register the
    feature where pools set `os_rolling_upgrade_deferral`.

    Source: "Batch security and compliance best practices"; "Create a Batch account", user subscription mode; "Create a
    pool with Auto OS Upgrade". That the key vault is named is seen to by validation.
    """
    _needs_own_subscription(account)
    if account.remote is None:
        raise NotKnownYet("name")
    row = see.live.row("subscription_setup", account.remote.id)
    for name, what, next_step in _PREPARED:
        if not row.get(name):
            yield _missing(account, what, next_step)
    deferred = "upgrade_policy.automatic_os_upgrade_policy.os_rolling_upgrade_deferral"
    waits = any(pool.get(deferred) for pool in see.in_account(account, "pool"))
    if waits and not row.get("rolling_upgrade_deferral"):
        step = "az feature register --namespace Microsoft.Compute --name RollingUpgradeDeferral"
        yield _missing(account, "the feature Microsoft.Compute/RollingUpgradeDeferral, which its pools rely on", step)


_PREPARED = (
    (
        "provider_registered",
        "the resource provider Microsoft.Batch",
        "az provider register --namespace Microsoft.Batch",
    ),
    (
        "role_assigned",
        "a role for the Batch service",
        'Give "Microsoft Azure Batch" the role "Azure Batch Service Orchestration Role" on the subscription.',
    ),
)


def _missing(account: Subject, what: str, next_step: str) -> Finding:
    return Finding(
        f"The subscription of {account.address} lacks {what}.", "pool_allocation_mode", remediation=next_step
    )


@rule(
    "BP1013",
    "Change of the allocation mode replaces the account",
    kinds=["account"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.HARD,
)
def allocation_mode_changed(account: Subject, see: Scope) -> Iterator[Finding]:
    """A change of the allocation mode deletes an account and all that is in it.

    Why: The mode is chosen when an account is made. Another one takes a new account: its pools, jobs and tasks go, and
    it starts with default quotas.

    Instead: Declare a second account with the other mode, move the pools there, and remove the first one when nothing
    runs in it.

    Source: "Batch accounts and Azure Storage accounts": the mode is set at creation.
    """
    if account.action not in (Action.UPDATE, Action.REPLACE):
        raise Inapplicable("nothing of it changes")
    change = account.changed("pool_allocation_mode")
    if change is None:
        return
    pools, jobs = (len(see.in_account(account, kind)) for kind in ("pool", "job"))
    yield Finding(
        f"{account.address} is deleted to change its allocation mode from {change.before or 'BatchService'} to "
        f"{change.after or 'BatchService'}, with {counted(pools, 'pool')} and {counted(jobs, 'job')} that are declared in it.",
        "pool_allocation_mode",
        expected=change.before or "BatchService",
        actual=change.after or "BatchService",
        remediation="Set it back, and declare a second account with the other mode; then point the pools' account_id "
        "there.",
    )
