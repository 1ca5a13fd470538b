"""Whether an account may have the cores that its pools ask for."""

from collections.abc import Iterator

from batchplan.policy.accounts import WITH_POOLS, account_asked, title
from batchplan.policy.model import Finding, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.rules.quota.need import Shared, dedicated, families, needed, spot
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


def excess(name: str, shared: Shared) -> Iterator[Finding]:
    """Yield what there is to say of cores: too many for sure, or too many when all pools are at their largest.

    A pool that can be too large alone is another rule's.
    """
    need, quota = shared.need, shared.quota
    many = "1 pool" if shared.pools == 1 else f"{shared.pools} pools"
    advice = "Lower the targets, or ask for a higher quota; it is a limit and no promise that Azure has the nodes."
    if need.low > quota:
        yield Finding(
            f"{name} needs {need.low} {shared.what} for {many}; its quota is {quota}.",
            expected=quota,
            actual=need.low,
            remediation=advice,
        )
    elif need.high is not None and need.high > quota and all((one.high or 0) <= quota for one in shared.parts):
        yield Finding(
            f"{name} needs up to {need.high} {shared.what} when its {many} are at their largest; its quota is {quota}.",
            expected=quota,
            actual=need.high,
            remediation=advice,
            severity=Severity.WARNING,
        )


@rule(
    "BP4002",
    "Dedicated cores exceed the quota",
    kinds=WITH_POOLS,
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["quotas"],
)
def dedicated_cores_exceeded(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The pools of an account ask for more dedicated cores than it may have.

    Why: The service accepts the pools, and then gives them no nodes: the resize ends with AccountCoreQuotaReached.
    Which pool goes without depends on who comes first.

    Instead: Lower the targets, let pools grow at different times, or ask for a higher quota. A quota is a limit and no
    promise: Azure may lack the nodes all the same.

    Source: "Azure Batch best practices", Pool allocation failures; Learn "Batch service quotas and limits". Fixed
    targets and the least that formulas keep count for sure; that all formulas are at their largest at once is a
    warning. What a rollout needs on top is BP4014. Pools that nobody declares are not counted.
    """
    account_id = account_asked(subject, see)
    found = needed(see, account_id)
    yield from excess(title(subject, account_id), dedicated(found, see.live.quotas(account_id)))


@rule(
    "BP4003",
    "Cores of a VM family exceed its quota",
    kinds=WITH_POOLS,
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["quotas"],
)
def family_cores_exceeded(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The pools of an account ask for more dedicated cores of one VM family than it may have of that family.

    Why: Accounts have a quota for each family beside the one for all, and many families start with none.

    Instead: Take a size of another family, or ask for a higher quota of this one.

    Source: Learn "Batch service quotas and limits": quotas by VM series; dedicatedCoreQuotaPerVMFamilyEnforced.
    """
    account_id = account_asked(subject, see)
    found = needed(see, account_id)
    for family in families(found, see.live.quotas(account_id)):
        yield from excess(title(subject, account_id), family)


@rule(
    "BP4004",
    "Spot cores exceed the quota",
    kinds=WITH_POOLS,
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["quotas"],
)
def spot_cores_exceeded(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The pools of an account ask for more Spot or low-priority cores than it may have.

    Why: The service gives no more nodes: the resize ends with AccountLowPriorityCoreQuotaReached or
    AccountSpotCoreQuotaReached.

    Instead: Lower the targets, or ask for a higher quota.

    Source: Learn "Batch service quotas and limits": one number for all families.
    """
    account_id = account_asked(subject, see)
    found = needed(see, account_id)
    yield from excess(title(subject, account_id), spot(found, see.live.quotas(account_id)))
