"""Changing an object that stays: patches, and actions of their own for sizes and for the pool of a job."""

from batchplan.plan.change import Cause, Change
from batchplan.plan.settings import READY_SECONDS, at_timeout, drain_seconds, running_tasks
from batchplan.plan.step import (
    Adopt,
    Available,
    DisableAutoScale,
    DisableJob,
    EnableJob,
    JobIs,
    Patch,
    Steady,
)
from batchplan.strategies.bodies import SCALE, patch_body
from batchplan.strategies.chain import Chain, Site
from batchplan.strategies.create import upload
from batchplan.strategies.rolling_reboot import asks_for_reboot, reboot
from batchplan.strategies.schedules import switch
from batchplan.strategies.sizes import leave, loses_nodes, stop, to_wanted, until_ready
from batchplan.strategies.warm import give_back


def in_place(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that change an object, or that make usable what an interrupted run left half made."""
    changed = any(not one.deferred for one in change.fields)
    scaled = any(one.path[0] in SCALE for one in change.fields) and change.remote.kind == "pool"
    if changed:
        _changed(chain, change, site)
    if change.cause is Cause.UNVERIFIED and not scaled:
        _finish(chain, change, site)


def _changed(chain: Chain, change: Change, site: Site) -> None:
    match change.remote.kind:
        case "pool":
            _pool(chain, change, site)
        case "job":
            _job(chain, change, site)
        case "application_package":
            patch(chain, change, site)
            upload(chain, change, site)
        case "job_schedule" if change.enabled is not None:
            switch(chain, change, site)
        case _:
            patch(chain, change, site)


def patch(chain: Chain, change: Change, site: Site) -> None:
    """Add the PATCH of what changed; none when it is only sizes."""
    found = site.of(change.remote)
    fields = [one for one in change.fields if not one.deferred]
    body = patch_body(change.remote.kind, change.after or {}, fields, found.document if found else {})
    if body or change.remote.kind == "application_package":
        # Of these kinds only pools take a condition; and after a call of our own the tag is another one.
        first = found is not None and change.remote.kind == "pool" and not chain.steps
        etag = found.etag if found is not None and first else None
        chain.add("patch", Patch, body=body, applied=change.after or {}, etag=etag)


def _pool(chain: Chain, change: Change, site: Site) -> None:
    document, found = change.after or {}, site.of(change.remote)
    patch(chain, change, site)
    if asks_for_reboot(change):
        reboot(chain, change, site)
    if not any(one.path[0] in SCALE for one in change.fields if not one.deferred):
        return
    stop(chain, found)
    if found is not None and found.document.get("auto_scale") and not document.get("auto_scale"):
        disabled = chain.add("disable-autoscale", DisableAutoScale)
        chain.add("stopped-scaling", Steady, timeout=READY_SECONDS, since_step=disabled)
    if change.enabled is False and loses_nodes(found, document):
        leave(chain, document)
    elif str(change.address) in site.changes.cooled:
        give_back(chain, document, document)
    else:
        to_wanted(chain, document)


def _job(chain: Chain, change: Change, site: Site) -> None:
    found = site.of(change.remote)
    state = str(found.facts.get("state", "active")).lower() if found is not None else "active"
    moves = any(one.path[0] == "pool_info" for one in change.fields)
    if not moves:
        patch(chain, change, site)
        return
    ours = _is_owed(change, site)
    if state != "disabled":
        option, limit, requeues = _running_tasks(change, site)
        if state != "disabling":
            chain.add("disable", DisableJob, option=option)
        chain.add("disabled", JobIs, state="disabled", timeout=limit, requeues=requeues)
    patch(chain, change, site)
    if ours or state not in ("disabled", "disabling"):
        chain.add("enable", EnableJob)


def _is_owed(change: Change, site: Site) -> bool:
    """Return whether a run of ours has disabled a job; one that somebody else has disabled stays so."""
    return any(job.key == change.remote.key for _, job in site.changes.owed)


def _running_tasks(change: Change, site: Site) -> tuple[str, float, bool]:
    """Return what becomes of running tasks when their job moves, as the pool it leaves or gets says.

    Then how long they may take, and whether they go back to their queue after that.
    """
    for need in site.changes.needs.get(change.address, ()):
        one = site.by_address.get(need)
        if one is not None and one.remote.kind == "pool" and one.after:
            return running_tasks(one.after), drain_seconds(one.after), at_timeout(one.after) == "requeue"
    return "wait", drain_seconds({}), False


def _finish(chain: Chain, change: Change, site: Site) -> None:
    """Wait for what was made and not seen to be usable, and have the state say so."""
    document, found = change.after or {}, site.of(change.remote)
    facts = found.facts if found is not None else {}
    moved = any(isinstance(step, EnableJob) for step in chain.steps)
    match change.remote.kind:
        case "account":
            chain.add("available", Available, timeout=READY_SECONDS)
        case "pool":
            if str(facts.get("allocation_state", "steady")).lower() == "steady":
                to_wanted(chain, document)
            else:
                until_ready(chain, document)
            if asks_for_reboot(change):
                reboot(chain, change, site)
        case "application_package" if str(facts.get("state", "")).lower() != "active":
            upload(chain, change, site)
        case "job" if _is_owed(change, site) and not moved:
            if str(facts.get("state", "")).lower() == "disabling":
                chain.add("disabled", JobIs, state="disabled", timeout=drain_seconds({}))
            chain.add("enable", EnableJob)
        case _:
            pass
    chain.add("seen", Adopt, applied=document)
