"""Schedules of pools with backups: made without firing, switched, and kept to the hours of the one they stand in for."""

from collections.abc import Mapping
from typing import Any

from batchplan.plan.change import Change, Document
from batchplan.plan.regions import FAR
from batchplan.plan.settings import READY_SECONDS
from batchplan.plan.step import Create, DisableSchedule, EnableSchedule, Patch, Quiet, Retime, Unfired
from batchplan.schema.api import to_api
from batchplan.schema.times import seconds
from batchplan.strategies.bodies import patch_body
from batchplan.strategies.chain import Chain, Site

MARGIN = 60.0
"""Seconds before a run of a schedule in which it is not switched: the run shall fall into one region, whole."""


def create_quiet(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that make a schedule which is to make no job yet.

    The service enables a schedule as it creates it, and one that may run at once makes a job before it answers. So it
    is made with a first run that does not come, disabled, and then given its real hours; read back, it has no job.
    """
    document = change.after or {}
    hours = {name: value for name, value in document["schedule"].items() if name != "do_not_run_after"}
    far = {**document, "schedule": {**hours, "do_not_run_until": FAR}}
    chain.add("create", Create, body=to_api("job_schedule", far), applied=far)
    chain.add("disable", DisableSchedule)
    _set_hours(chain, change, site)
    if change.enabled:
        chain.add("enable", EnableSchedule)
    else:
        chain.add("unfired", Unfired, timeout=READY_SECONDS)


def switch(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that change a schedule: it is disabled before anything else, and enabled after it."""
    turned = any(one.path == ("enabled",) for one in change.fields)
    fields = [one for one in change.fields if not one.deferred and one.path != ("enabled",)]
    if turned and not change.enabled:
        if _may_be_due(change, site):
            chain.add("quiet", Quiet, timeout=READY_SECONDS, margin=_margin(change.after or {}))
        chain.add("disable", DisableSchedule)
    hours = any(one.path[0] == "schedule" for one in fields)
    rest = [one for one in fields if one.path[0] != "schedule" or change.hours_of is None]
    found = site.of(change.remote)
    body = patch_body("job_schedule", change.after or {}, rest, found.document if found else {})
    if body:
        chain.add("patch", Patch, body=body, applied=change.after or {})
    if change.hours_of is not None and (hours or (turned and change.enabled)):
        _set_hours(chain, change, site)
    if turned and change.enabled:
        chain.add("enable", EnableSchedule)


def _set_hours(chain: Chain, change: Change, site: Site) -> None:
    """Add the step that gives a schedule its hours: those declared, beginning with the next run of the original."""
    document = change.after or {}
    body = to_api("job_schedule", {"schedule": document["schedule"]})
    if change.hours_of is None:
        chain.add("hours", Patch, body=body, applied=document)
        return
    moment = _own_next(change, site)
    if change.enabled:
        # Which runs the original has had is known now; when this is done it is disabled and tells no next one.
        original = site.of(change.hours_of)
        moment = (_next_run(original.facts) if original is not None else None) or moment
    chain.add(
        "hours",
        Retime,
        body=body.get("schedule", {}),
        applied=document,
        follows=None if change.enabled else change.hours_of,
        moment=moment,
        every=_every(document),
    )


def _own_next(change: Change, site: Site) -> str | None:
    found = site.of(change.remote)
    if found is None:
        return None
    hours: Any = found.document.get("schedule") or {}
    until = hours.get("do_not_run_until")
    return _next_run(found.facts) or (None if until is None or str(until)[:10] == FAR[:10] else str(until))


def _next_run(facts: Mapping[str, Any]) -> str | None:
    found = facts.get("next_run_time")
    active = str(facts.get("state", "")).lower() == "active"
    return str(found) if found is not None and active else None


def _may_be_due(change: Change, site: Site) -> bool:
    found = site.of(change.remote)
    return found is not None and _next_run(found.facts) is not None


def _every(document: Document) -> float | None:
    text = document["schedule"].get("recurrence_interval")
    found = seconds(str(text)) if text else None
    return float(found) if found else None


def _margin(document: Document) -> float:
    """Return how long before a run the schedule is left alone: never so long that there is no other time."""
    every = _every(document)
    return MARGIN if every is None else min(MARGIN, every / 2)
