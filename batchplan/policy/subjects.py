"""Making subjects of what is declared, planned and live."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from batchplan.config.evaluate import Evaluated
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import Address
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.core.source import Range
from batchplan.plan.change import Change
from batchplan.plan.desired import DesiredObject, Identity, desired_objects
from batchplan.plan.observation import Observation
from batchplan.plan.step import Step
from batchplan.policy.context import PlannedStep
from batchplan.policy.subject import Place, Subject, steps_of
from batchplan.schema.document import Path


def declared(evaluated: Evaluated, kinds: SchemaKinds, subscription: str) -> tuple[Subject, ...]:
    """Return what the configuration declares, without looking at anything else.

    An object whose name in Azure is not known yet is a subject all the same; it only has no `remote`.
    """
    named = desired_objects(evaluated, kinds, Identity(subscription, kinds.pool_ids), Diagnostics())
    by_address = {one.address: one for one in named}
    made = []
    for instance in evaluated.instances:
        if instance.resource.data or not instance.known:
            continue
        known = by_address.get(instance.address)
        if known is not None:
            made.append(_of_desired(known))
            continue
        document, locate = kinds.document_of(instance.resource, instance.body)
        address = instance.address
        made.append(Subject(address.kind, document, address=address, locate=_located(locate)))
    return tuple(made)


def planned(
    desired: Iterable[DesiredObject], changes: Iterable[Change], observed: Mapping[Remote, Observation | None]
) -> tuple[Subject, ...]:
    """Return all that is declared, with what happens to it and what is live of it, and then what goes."""
    live = {remote.key: found for remote, found in observed.items()}
    by_address = {change.address: change for change in changes}
    made = [
        _of_change(_of_desired(one), by_address.pop(one.address, None), live)
        for one in sorted(desired, key=lambda one: one.address.sort_key)
    ]
    for change in by_address.values():
        bare = Subject(change.remote.kind, change.after or change.before or {}, address=change.address)
        made.append(_of_change(bare, change, live))
    return tuple(made)


def _of_desired(one: DesiredObject) -> Subject:
    return Subject(
        one.kind,
        one.document,
        address=one.address,
        remote=one.remote,
        locate=_located(one.locate),
        prevent_destroy=one.prevent_destroy,
    )


def _of_change(subject: Subject, change: Change | None, live: Mapping[Any, Observation | None]) -> Subject:
    remote = change.remote if change is not None else subject.remote
    found = live.get(remote.key) if remote is not None else None
    seen: dict[str, Any] = {}
    if found is not None:
        seen = {"observed": found.document, "facts": found.facts}
    if change is not None:
        seen |= {
            "remote": change.remote,
            "action": change.action,
            "before": change.before,
            "fields": change.fields,
            "strategy": change.strategy,
            "replaced_by": change.replaced_by,
        }
    return dataclasses.replace(subject, **seen) if seen else subject


def _located(locate: Callable[[Path], Range] | None) -> Callable[[str], Place | None] | None:
    if locate is None:
        return None
    return lambda path: place_of(locate(steps_of(path)))


def place_of(at: Range) -> Place:
    """Return a range as file, lines and columns."""
    first, last = at.first, at.last
    return Place(at.source.name, first.line, first.column, last.line, last.column)


def planned_steps(steps: Iterable[Step]) -> tuple[PlannedStep, ...]:
    """Return the steps of a plan without their bodies, which hold what nobody is to see."""
    return tuple(
        PlannedStep(type(one).__name__, one.id, str(one.address), one.remote, one.needs, _parts(one)) for one in steps
    )


_LEFT_OUT = frozenset({"id", "address", "remote", "needs", "body", "applied", "etag"})


def _parts(step: Step) -> dict[str, Any]:
    members = {one.name: getattr(step, one.name) for one in dataclasses.fields(step) if one.name not in _LEFT_OUT}
    return {name: str(value) if isinstance(value, Address) else value for name, value in members.items()}
