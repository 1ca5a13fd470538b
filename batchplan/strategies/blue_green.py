"""A new pool beside the old one: made, proved, promoted; work moves to it, and the old pool is emptied and kept a while.

    candidate   created at its size, gated on its nodes, tried with a task
    promoted    it is the active one: schedules and jobs are pointed to it, declared ones by changes of their own
    retired     nothing runs on the old pool and nothing points to it: it is resized to zero, kept, and deleted

Whatever an earlier run has done is not done again: a candidate that exists is proved, a pool that is retired drained.
"""

from dataclasses import replace
from typing import Any

from batchplan.core.address import CANDIDATE, RETIRED, Address
from batchplan.core.remote import Remote, RemoteKey
from batchplan.plan.change import DRAIN, Action, Change, Document, Rollout
from batchplan.plan.naming import smoke_job
from batchplan.plan.settings import (
    READY_SECONDS,
    SMOKE_TEST,
    at_size,
    at_timeout,
    block,
    drain_seconds,
    length,
    moves_all,
    retain_seconds,
    running_tasks,
    surge,
)
from batchplan.plan.step import (
    Create,
    Delete,
    EnableJob,
    Gone,
    JobIs,
    Mark,
    MoveWork,
    Promote,
    Step,
    TaskSucceeded,
    UploadLogs,
)
from batchplan.schema.api import to_api
from batchplan.strategies.bodies import create_body
from batchplan.strategies.chain import Chain, Parts, Site
from batchplan.strategies.create import of_the_same_name
from batchplan.strategies.remove import remove
from batchplan.strategies.repoint import Move, enabled_again, job_steps, schedule_steps
from batchplan.strategies.sizes import is_growing, stop, to_wanted, to_zero, until_ready

SMOKE_TASK = "smoke"


def blue_green(change: Change, site: Site) -> Parts:
    """Return the steps of a replacement, from wherever an earlier run has come to."""
    rollout, document = _rollout(change), change.after or {}
    address = change.address.part(CANDIDATE, rollout.candidate.name)
    chain = Chain(address, rollout.candidate)
    _mark(chain, change.address, rollout, "candidate", why=_why(change))
    _candidate(chain, change, site)
    gates = [step.id for step in chain.steps if step.id.endswith((":steady", ":ready"))]
    for old in site.work(rollout.candidate).smoke_tests:
        chain.add("smoke-clear", Delete, remote=old)
    if block(document, "smoke_test"):
        gates.append(_smoke_test(chain, document, site))
    remedy = _remedy(change.address, chain, rollout, document, tuple(gates))
    if not rollout.promotes:
        _mark(chain, change.address, rollout, "waiting")
        return Parts((*chain.steps, *remedy), usable=chain.steps[-1].id)
    retired = change.address.part(RETIRED, rollout.previous.name)
    promoted = _promote(chain, change.address, rollout, address, retired)
    emptied = drain(change, Chain(retired, rollout.previous), site, after=promoted)
    back = _back(change, emptied, site) if at_timeout(document) == "abort" else ()
    return Parts(
        (*chain.steps, *remedy), (*emptied.remove, *back), removed_after_use=True, usable=promoted, gate=emptied.gate
    )


def take_back(change: Change, site: Site) -> Parts:
    """Return the steps that make the retired pool the active one again, and retire the one that took over from it."""
    rollout = _rollout(change)
    address = change.address.part(RETIRED, rollout.candidate.name)
    chain = Chain(address, rollout.candidate, "undo-")
    stop(chain, site.of(rollout.candidate))
    to_wanted(chain, change.after or {})
    _mark(chain, change.address, Rollout(rollout.previous, rollout.candidate), "undone")
    retired = change.address.part(RETIRED, rollout.previous.name)
    promoted = _promote(chain, change.address, rollout, address, retired)
    emptied = drain(change, Chain(retired, rollout.previous, "undo-"), site, after=promoted)
    return Parts(tuple(chain.steps), emptied.remove, removed_after_use=True, usable=promoted, gate=emptied.gate)


def drain(change: Change, chain: Chain, site: Site, after: str | None = None) -> Parts:
    """Return the steps that take a pool its work and its nodes. `chain` is that of the pool; `after` its promotion."""
    rollout, document = _rollout(change), change.after or {}
    moved = _moved(change, chain, site, after)
    moves = moves_all(document) and _same_account(rollout)
    gate = _move(chain, "moved", rollout, document, moves=moves)
    first = chain.steps[-1]
    ends = [one[-1].id for one in moved] or ([after] if after else [])
    chain.steps[-1] = replace(first, needs=tuple(ends))
    _logs(chain, document)
    option = "requeue" if at_timeout(document) == "requeue" else "taskcompletion"
    to_zero(chain, site.of(rollout.previous), document, option)
    if moves:
        _move(chain, "moved-last", rollout, document, moves=True)  # what came between the last look and the resize
    _full_size(chain, change)
    keep = retain_seconds(document)
    pool = change.address.successor or change.address
    _mark(chain, pool, rollout, "retired", keep=keep)
    if keep == 0:
        chain.add("delete", Delete)
        chain.add("gone", Gone, timeout=READY_SECONDS)
        _mark(chain, pool, rollout, "done")
    return Parts(remove=(*(step for one in moved for step in one), *chain.steps), removed_after_use=True, gate=gate)


def _same_account(rollout: Rollout) -> bool:
    """Return whether jobs can follow: a job stays in its account."""
    target = rollout.target or rollout.candidate
    return target.account_id.lower() == rollout.previous.account_id.lower()


def _move(chain: Chain, word: str, rollout: Rollout, document: Document, *, moves: bool) -> str:
    return chain.add(
        word,
        MoveWork,
        target=rollout.target or rollout.candidate,
        moves=moves,
        option=running_tasks(document),
        timeout=drain_seconds(document),
        at_timeout=at_timeout(document),
    )


def go_on(change: Change, chain: Chain, site: Site) -> Parts:
    """Return the steps that empty a retired pool where an earlier run has left it."""
    _mark(chain, change.address.successor or change.address, _rollout(change), "promoted")
    begun = chain.steps[0].id
    return drain(change, chain, site, after=begun)


def pause(change: Change, chain: Chain) -> Parts:
    """Return the step that has plans leave a rollout where it is."""
    _mark(chain, change.address, _rollout(change), _rollout(change).phase, paused=True)
    return Parts(tuple(chain.steps))


def collect(change: Change, chain: Chain, site: Site) -> Parts:
    """Return the steps that delete a retired pool which has been kept its time: not while somebody uses it again."""
    rollout, document = _rollout(change), change.before or {}
    found = site.of(change.remote)
    if moves_all(document) and _same_account(rollout) and not (found is not None and found.is_going):
        _move(chain, "moved", rollout, document, moves=True)
    remove(chain, change, site)
    _mark(chain, change.address.successor or change.address, _rollout(change), "done")
    return Parts(remove=tuple(chain.steps), removed_after_use=True)


def abandon(change: Change, chain: Chain, site: Site) -> Parts:
    """Return the steps that delete a candidate, with the jobs of its smoke tests."""
    for job in site.work(change.remote).smoke_tests:
        chain.add("smoke-remove", Delete, remote=job)
    remove(chain, change, site)
    _mark(chain, change.address.successor or change.address, _rollout(change), "aborted")
    return Parts(remove=tuple(chain.steps), removed_after_use=True)


def _rollout(change: Change) -> Rollout:
    assert change.rollout is not None, "a pool that is made beside another one has a rollout"
    return change.rollout


def _why(change: Change) -> str:
    fields = ", ".join(dict.fromkeys(str(one.path[0]) for one in change.fields if not one.deferred))
    return fields or str(change.cause or "")


def _mark(chain: Chain, pool: Address, rollout: Rollout, phase: str, **parts: Any) -> None:
    chain.add(phase, Mark, address=pool, remote=rollout.candidate, previous=rollout.previous.name, phase=phase, **parts)


def _promote(chain: Chain, pool: Address, rollout: Rollout, candidate: Address, retired: Address) -> str:
    return chain.add(
        "promote",
        Promote,
        address=pool,
        remote=rollout.candidate,
        candidate=candidate,
        retired=retired,
        previous=rollout.previous.name,
    )


def _candidate(chain: Chain, change: Change, site: Site) -> None:
    """Make the candidate and wait for its nodes; one that is there gets what it lacks."""
    document = change.after or {}
    sized = at_size(document, surge(document))
    if not _rollout(change).there:
        of_the_same_name(chain, site)
        since = chain.add("create", Create, body=create_body(change, sized), applied=document)
        until_ready(chain, sized, since)
        return
    found = site.of(chain.remote)
    if found is not None and is_growing(found, sized):
        until_ready(chain, sized)
    else:
        stop(chain, found)
        to_wanted(chain, sized, recorded=document)


def _smoke_test(chain: Chain, document: Document, site: Site) -> str:
    """Run a task on the candidate: a job with a manager is one call, and ends when its manager ends."""
    test = block(document, "smoke_test")
    job = Remote("job", chain.remote.account_id, smoke_job(chain.remote.name, site.now))
    manager = {
        "id": SMOKE_TASK,
        **{name: value for name, value in test.items() if name != "timeout"},
        "constraints": {"max_task_retry_count": 0, "max_wall_clock_time": str(test.get("timeout") or SMOKE_TEST)},
    }
    body = to_api("job", {"job_manager_task": manager, "pool_info": {"pool_id": chain.remote.name}})
    chain.add("smoke", Create, remote=job, body=body, applied=None)
    timeout = length(str(test.get("timeout") or SMOKE_TEST))
    gate = chain.add("smoke-passed", TaskSucceeded, remote=job, task=SMOKE_TASK, timeout=timeout)
    chain.add("smoke-remove", Delete, remote=job)
    return gate


def _remedy(
    pool: Address, made: Chain, rollout: Rollout, document: Document, gates: tuple[str, ...]
) -> tuple[Step, ...]:
    """Return what is done when the candidate does not prove itself: nothing, or it goes, with the jobs of its tests.

    `made` are the steps that make and prove it.
    """
    if str(block(document).get("on_failure") or "keep").lower() != "delete":
        return ()
    chain = Chain(made.address, rollout.candidate, "failed-")
    tests = (step.remote for step in made.steps if isinstance(step, Delete) and step.remote.kind == "job")
    for job in dict.fromkeys(tests):
        chain.add("smoke-remove", Delete, remote=job, instead_of=gates)
    chain.add("delete", Delete, instead_of=gates)
    chain.add("gone", Gone, timeout=READY_SECONDS, instead_of=gates)
    _mark(chain, pool, rollout, "aborted", instead_of=gates)
    return tuple(chain.steps)


def _back(change: Change, emptied: Parts, site: Site) -> tuple[Step, ...]:
    """Return what is done when work does not move in time: the old pool is active again, and what has moved comes back.

    Jobs that still wait for their tasks are enabled where they are.
    """
    rollout, document = _rollout(change), change.after or {}
    waiting = [step for step in emptied.remove if isinstance(step, JobIs)] + _declared_waits(change, site)
    gates = (*(step.id for step in waiting), *([emptied.gate] if emptied.gate else []))
    old = change.address.part(RETIRED, rollout.previous.name)
    new = change.address.part(RETIRED, rollout.candidate.name)
    chain = Chain(change.address, rollout.previous, "back-")
    _mark(chain, change.address, rollout, "aborted", instead_of=gates)
    chain.add("promote", Promote, candidate=old, retired=new, previous=rollout.candidate.name, instead_of=gates)
    for step in waiting:
        chain.add(f"{step.remote.name}-enable", EnableJob, address=step.address, remote=step.remote, instead_of=gates)
    chain.add(
        "moved",
        MoveWork,
        address=new,
        remote=rollout.candidate,
        target=rollout.previous,
        moves=True,
        option=running_tasks(document),
        timeout=drain_seconds(document),
        at_timeout="pause",
        instead_of=gates,
    )
    return tuple(chain.steps)


def _declared_waits(change: Change, site: Site) -> list[JobIs]:
    """Return the waits of declared jobs that the plan moves from the pool."""
    found = []
    for other in site.changes.objects:
        moves = other.remote.kind == "job" and any(one.path[0] == "pool_info" for one in other.fields)
        if moves and change.address in site.changes.needs.get(other.address, ()):
            found.append(
                JobIs(id=f"{other.address}:disabled", address=other.address, remote=other.remote, state="", timeout=0)
            )
    return found


def _moved(change: Change, chain: Chain, site: Site, after: str | None) -> list[list[Step]]:
    """Return the steps for each job and schedule that names the pool, and is not changed by the plan itself."""
    rollout, document = _rollout(change), change.after or {}
    target = rollout.target or rollout.candidate
    if not _same_account(rollout):
        return []  # a job stays in its account; what runs there is waited for
    requeues = at_timeout(document) == "requeue"
    limit = drain_seconds(document)
    move = Move(chain.address, target, running_tasks(document), limit, chain.prefix, requeues)
    work = site.work(rollout.previous)
    planned = {one.remote.key for one in site.changes.objects if one.action is not Action.NOOP}
    owed = {job.key: job for _, job in site.changes.owed}
    made = []
    if moves_all(document):
        made += [schedule_steps(move, one) for one in work.schedules if one.key not in planned]
        made += [
            job_steps(move, one.remote, one.state, ours=one.remote.key in owed)
            for one in work.jobs
            if one.remote.key not in planned
        ]
    moving = _moving(site) if site.changes.owed else frozenset()
    for pool, job in site.changes.owed:
        of_this = (pool.successor or pool) == (chain.address.successor or chain.address)
        if of_this and job.key not in moving and job.key not in planned:
            made.append(enabled_again(move, job))
    return [_behind(steps, after) for steps in made]


def _moving(site: Site) -> frozenset[RemoteKey]:
    """Return the jobs that the plan moves, with whichever pool: they are enabled when they have been moved."""
    found: set[RemoteKey] = set()
    for one in site.changes.objects:
        leaves = one.strategy == DRAIN or (one.action is Action.REPLACE and one.rollout is not None)
        if leaves and one.rollout is not None and one.rollout.promotes and moves_all(one.after or {}):
            found.update(job.remote.key for job in site.work(one.rollout.previous).jobs)
    return frozenset(found)


def _behind(steps: list[Step], after: str | None) -> list[Step]:
    return [replace(steps[0], needs=(after,)), *steps[1:]] if after else steps


def _logs(chain: Chain, document: Document) -> None:
    logs = block(document, "node_logs")
    if logs:
        body = {"containerUrl": logs["container_url"]}
        if logs.get("identity_reference"):
            body["identityReference"] = {"resourceId": logs["identity_reference"]["resource_id"]}
        chain.add("logs", UploadLogs, body=body)


def _full_size(chain: Chain, change: Change) -> None:
    """Give the new pool the rest of its size, now that the old one has made room."""
    document = change.after or {}
    rollout = _rollout(change)
    whole = surge(document) >= 100 or not document.get("fixed_scale") or rollout.phase == "undo"
    if whole or rollout.target is not None:
        return  # it began with all of its nodes, or is not the active one any more
    pool = change.address.successor or change.address
    grown = Chain(pool, rollout.candidate, "full-")
    grown.steps.append(chain.steps[-1])
    to_wanted(grown, document)
    chain.steps.extend(grown.steps[1:])
