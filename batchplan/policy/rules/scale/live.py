"""Formulas beside what is live: quotas, the last run, and the load that there was."""

from collections.abc import Iterator

from batchplan.plan.observation import Quotas
from batchplan.policy.capacity import Cores, cores, formula_nodes
from batchplan.policy.formulas import KINDS, Placed, formulas
from batchplan.policy.model import Finding, Inapplicable, Level, NotKnownYet, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

PERCENT = Param("percent", 20, "From which difference in node hours on to say so.")


@rule(
    "BP1215",
    "Proved maximum exceeds the quota",
    kinds=KINDS,
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["quotas"],
)
def maximum_beyond_quota(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A formula can ask for more cores than its account may have.

    Why: From the quota on every evaluation ends in a resize error, and the pool takes what other pools would need. The
    limit that the formula seems to have is not there.

    Instead: Lower the limit in the formula to what the quota allows, or ask for a higher quota.

    Source: Learn "Create a formula to automatically scale compute nodes"; "Azure Batch best practices", Pool allocation
    failures. The maximum is proved from the formula; one without a limit is BP1214's, and the pools of an account
    together are BP4002's. Up to the quota the pool works, so that the rule advises; `strict` makes it stop.
    """
    for formula in formulas(subject):
        quotas = see.live.quotas(_account_of(formula, subject))
        need = cores(formula.pool, formula_nodes(formula.text))
        for what, high, most in _limits(need, quotas):
            if most is not None and high is not None and high > most:
                yield Finding(
                    f"The formula of {formula.owner} can ask for {high} {what} ({need.size}); the quota is {most}.",
                    formula.path,
                    expected=most,
                    actual=high,
                    remediation="Lower the limit in the formula, or ask for a higher quota.",
                )


def _account_of(formula: Placed, subject: Subject) -> str:
    """Return the account that a formula's pool is in: a backup has its own."""
    if subject.kind == "pool" and formula.pool is not subject:
        return formula.pool.text("account_id")
    if subject.remote is None:
        raise NotKnownYet("account_id")
    return subject.remote.account_id


def _limits(need: Cores, quotas: Quotas) -> Iterator[tuple[str, int | None, int | None]]:
    """Yield each sort of cores with how many can be asked for and how many there may be; None: without limit."""
    if quotas.dedicated_cores is None and quotas.low_priority_cores is None:
        raise Inapplicable("Batch does not limit its cores; the subscription does")
    yield "dedicated cores", need.dedicated.high, quotas.dedicated_cores
    if quotas.by_family_enforced:
        for name, most in quotas.cores_by_family.items():
            if name.lower() == need.family.lower():
                yield f"dedicated cores of {name}", need.dedicated.high, most
    yield "Spot cores", need.spot.high, quotas.low_priority_cores


@rule(
    "BP1232",
    "Last autoscale run failed",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def autoscale_run_failed(pool: Subject, _: Scope) -> Iterator[Finding]:
    """The last evaluation of a pool's formula failed.

    Why: The pool keeps the size that it has until an evaluation succeeds: it neither grows under load nor shrinks at
    night, and nothing else tells so.

    Instead: Try the formula with `batchplan formula check` and `formula evaluate`, correct it, and apply.

    Source: Learn "Create a formula to automatically scale compute nodes": autoScaleRun; "Check for pool and node
    errors".

    Exceptions: the first minutes of a pool, which has no samples yet.
    """
    pool.need("auto_scale")
    run = pool.fact("auto_scale_run") if pool.live and "auto_scale_run" in pool.facts else None
    if run is None:
        raise Inapplicable("its formula has not been evaluated yet")
    error = run.get("error")
    if error:
        details = "; ".join(f"{name}: {text}" for name, text in error.get("values") or ())
        told = ": ".join(filter(None, [error["code"], error.get("message", ""), details]))
        yield Finding(
            f"The last evaluation of the formula of {pool.address} failed: {told}.",
            "auto_scale.formula",
            actual=error["code"],
            remediation="Check it with batchplan formula check, correct it, and apply; its size stays as it is until then.",
        )


@rule(
    "BP1233",
    "Formula change alters the node hours",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.INFO,
    level=Level.OFF,
    inputs=["formula_trials"],
    params=[PERCENT],
)
def node_hours_altered(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Under the load that there was, a changed formula uses notably more or fewer node hours than the old one.

    Why: Two formulas that read alike may differ much in what they cost, or in how long tasks wait.

    Instead: Look at both curves with `batchplan formula simulate` before the change is applied.

    Source: the simulator of this tool; the trial is of the load that was recorded, which may not come again. The
    rule is off unless a policy set asks for it, since without a trial it can tell nothing.
    """
    change = pool.changed("auto_scale.formula")
    if change is None or not change.before or pool.remote is None:
        raise Inapplicable("its formula does not change")
    trial = see.live.row("formula_trials", pool.remote.id)
    before, after, days = float(trial["before"]), float(trial["after"]), trial["days"]
    if abs(after - before) * 100 > see.param(PERCENT) * before:
        yield Finding(
            f"Over the last {days} days the new formula of {pool.address} would have used {after:.0f} node hours "
            f"instead of {before:.0f}.",
            "auto_scale.formula",
            expected=round(before),
            actual=round(after),
            remediation="Compare both with batchplan formula simulate.",
        )
