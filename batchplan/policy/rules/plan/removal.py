"""What is lost when objects are deleted."""

from collections.abc import Iterator

from batchplan.core.remote import Remote
from batchplan.plan.change import Action
from batchplan.plan.observation import OVER
from batchplan.policy.fate import destroyed, listed
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

PERCENT = Param("percent", 20, "How many of the pools, in per cent, a plan may delete.")
AT_LEAST = Param("at_least", 1, "How many pools a plan may delete, however few there are.")


@rule(
    "BP8001",
    "Pool is deleted while jobs use it",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["jobs"],
)
def used_pool_deleted(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is deleted that jobs or schedules still name.

    Why: Their tasks wait for ever: Batch accepts a job whose pool is not there, and simply never runs its tasks.

    Instead: Point the jobs and schedules at another pool, or end them, and delete the pool afterwards.

    Source: "Azure Batch best practices", Pool lifetime and billing: delete the old pool once all tasks have moved.
    """
    if not destroyed(pool):
        raise Inapplicable("it is not deleted")
    if pool.remote is not None and any(one.type == "MoveWork" for one in see.steps_on(pool.remote)):
        raise Inapplicable("the plan moves what runs on it, and waits until nothing does")
    ours = [str(one.address) for one in see.jobs_of(pool) if one.action is not Action.DELETE]
    if ours:
        yield _in_use(pool, ours)
    assert pool.remote is not None, "what is deleted has a name"
    others = []
    for row in see.live.jobs_on(pool.remote.id):
        kind = "job_schedule" if row.get("schedule") is True else "job"
        known = see.context.by_remote(Remote(kind, pool.remote.account_id, row["name"]))
        if known is None and str(row.get("state", "")).lower() not in OVER:
            others.append(f"{row['name']} ({str(row.get('state') or 'active').lower()})")
    if others:
        yield _in_use(pool, others)


def _in_use(pool: Subject, users: list[str]) -> Finding:
    return Finding(
        f"{pool.address} is deleted, but {listed(users)} still {'run' if len(users) > 1 else 'runs'} on it.",
        actual=users,
        remediation="Point them at another pool or end them first.",
    )


@rule(
    "BP8013",
    "Plan deletes much at once",
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.SOFT,
    params=[PERCENT, AT_LEAST],
)
def much_deleted(_: Subject, see: Scope) -> Iterator[Finding]:
    """A plan deletes an account, or more pools than usual changes do.

    Why: A wrong variable, an empty map or the wrong workspace looks like this. Pools and accounts do not come back with
    their jobs, tasks and files.

    Instead: Look at the list. When it is meant, override the rule with the reason; when it is not, look at the inputs.

    Source: batchplan's own; planners of other clouds ask before they destroy more than a share.

    Exceptions: environments that are torn down.
    """
    if see.context.settings.get("operation") == "destroy":
        raise Inapplicable("everything is to be destroyed, by command")
    accounts = [str(one.address) for one in see.of_kind("account") if destroyed(one)]
    if accounts:
        yield Finding(
            f"The plan deletes {listed(accounts)}, with all that is in {'them' if len(accounts) > 1 else 'it'}.",
            actual=len(accounts),
            expected=0,
            remediation="Override BP8013 with the reason when this is meant; else look at variables and workspace.",
        )
    there = [one for one in see.pools() if one.action is not Action.CREATE and not one.address.parts]
    going = [str(one.address) for one in there if destroyed(one)]
    most = max(see.param(AT_LEAST), len(there) * see.param(PERCENT) // 100)
    if len(going) > most:
        yield Finding(
            f"The plan deletes {len(going)} of {len(there)} pools, more than {most}: {listed(going)}.",
            actual=len(going),
            expected=most,
            remediation="Override BP8013 with the reason when this is meant; else look at variables and workspace.",
        )


@rule(
    "BP8018",
    "Account is deleted with what is in it",
    kinds=["account"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["contents"],
)
def full_account_deleted(account: Subject, see: Scope) -> Iterator[Finding]:
    """An account is deleted that holds pools, jobs or packages which the plan does not delete.

    Why: Deleting an account deletes all that is in it, what other people put there included. Running tasks end.

    Instead: Empty the account first, or take it out of the state without deleting it: `removed` with `destroy = false`.

    Source: batchplan's own; REST API, Batch Account - Delete.
    """
    if not destroyed(account):
        raise Inapplicable("it is not deleted")
    assert account.remote is not None, "what is deleted has a name"
    kept = [
        str(one.address)
        for kind in ("pool", "job", "job_schedule", "application")
        for one in see.in_account(account, kind)
        if one.action is not Action.DELETE
    ]
    if kept:
        yield _with(account, kept)
    foreign = [
        f"{kind} {name}"
        for kind, names in see.live.row("contents", account.remote.id).items()
        for name in names
        if see.context.by_remote(Remote(kind, account.remote.account_id, name)) is None
    ]
    if foreign:
        yield _with(account, foreign)


def _with(account: Subject, names: list[str]) -> Finding:
    return Finding(
        f"{account.address} is deleted, and with it {listed(names)}.",
        actual=names,
        remediation="Empty the account first, or keep it in Azure: removed { lifecycle { destroy = false } }.",
    )


@rule(
    "BP8006",
    "Logs of bad nodes are lost",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["nodes"],
)
def node_logs_lost(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool whose nodes have problems goes away, and nobody collects the logs of the node agents.

    Why: The logs are on the nodes' disks. Once a node is deallocated nobody can tell any more what went wrong, and
    Microsoft's support asks for them.

    Instead: Say where they go: `replacement { node_logs { container_url = … } }`, or upload them by hand before.

    Source: "Azure Batch best practices", Batch Node Agent updates and Collect Batch agent logs.

    Exceptions: faults that are understood.
    """
    if not (destroyed(pool) or pool.action is Action.REPLACE):
        raise Inapplicable("its nodes stay")
    if pool.has("replacement.node_logs"):
        return
    assert pool.remote is not None, "what is replaced or deleted has a name"
    bad = see.live.nodes(pool.remote.id).failures
    if bad:
        shown = listed([f"{one.get('node', '?')} ({one.get('state', '?')})" for one in bad], 3)
        yield Finding(
            f"{len(bad)} node{'s' if len(bad) > 1 else ''} of {pool.address} {'have' if len(bad) > 1 else 'has'} "
            f"a problem, and the logs go with the pool: {shown}.",
            "replacement.node_logs",
            actual=len(bad),
            remediation='replacement { node_logs { container_url = "https://…" } }',
        )
