"""A plan, and the end of a run, as events in the words of `terraform plan -json`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import batchplan
from batchplan.core.address import Address
from batchplan.core.diagnostics import Diagnostic
from batchplan.plan.change import Action, Change, Changes
from batchplan.report import formula
from batchplan.report.diagnostics import as_json
from batchplan.report.parity import as_json as parity_json
from batchplan.report.plan import headline, totals
from batchplan.report.warm import as_json as warm_json
from batchplan.state.model import OutputRecord

ACTIONS = {
    Action.NOOP: "noop",
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.REPLACE: "replace",
    Action.DELETE: "delete",
}


def event_of(kind: str, message: str, level: str = "info", **members: Any) -> dict[str, Any]:
    """Return an event of a kind, in the form of Terraform's streams."""
    return {"@level": level, "@message": message, "@module": "batchplan.ui", "type": kind, **members}


def plan_stream(changes: Changes, found: Iterable[Diagnostic], at: datetime) -> Iterator[dict[str, Any]]:
    """Yield the events of a plan: version, drift, changes, summary, outputs, diagnostics."""
    stamp = {"@timestamp": at.isoformat()}
    yield {**version_event(), **stamp}
    for drift in changes.drift:
        change: dict[str, Any] = {"resource": resource(drift.address), "action": "delete" if drift.gone else "update"}
        yield {**event_of("resource_drift", f"{drift.address}: changed outside", change=change), **stamp}
    for one in changes.objects:
        if one.refreshes or (one.action is Action.NOOP and not one.imported and one.moved_from is None):
            continue  # what a refresh takes over has been told as drift
        word = _action(one)
        change = {"resource": resource(one.address), "action": word}
        formulas = formula.as_json(one, changes.quotas.get(one.remote.account_id.lower()))
        if formulas:
            change["formulas"] = formulas
        if one.cause is not None:
            change["reason"] = str(one.cause)
        if one.moved_from is not None:
            change["previous_resource"] = resource(one.moved_from)
        yield {**event_of("planned_change", f"{one.address}: plan to {word}", change=change), **stamp}
    for told in parity_json(changes.parity):
        yield {
            **event_of("backup_parity", f"{told['pool']}: backup {told['key']} is {told['verdict']}", parity=told),
            **stamp,
        }
    for warmed in warm_json(changes.warm, changes.cooled):
        yield {**event_of("prewarmed", f"{warmed['pool']} has more nodes for a while", prewarm=warmed), **stamp}
    yield {**_summary(changes, "plan"), **stamp}
    outputs = {
        one.name: {"sensitive": one.sensitive, "action": _output_action(one.before, one.after, known=one.known)}
        for one in changes.outputs
    }
    if outputs:
        yield {**event_of("outputs", f"Outputs: {len(outputs)}", outputs=outputs), **stamp}
    for diagnostic in found:
        yield diagnostic_event(diagnostic)


def version_event() -> dict[str, Any]:
    """Return the event with which every stream begins."""
    version = batchplan.__version__
    return event_of("version", f"batchplan {version}", batchplan=version, ui="1.2")


def _action(change: Change) -> str:
    """Return Terraform's word for what happens to an object; what the state alone loses is removed, not deleted."""
    if change.forgets:
        return "remove"
    if change.action is Action.NOOP and (change.imported or change.moved_from is not None):
        return "import" if change.imported else "move"
    return ACTIONS[change.action]


def _output_action(before: Any, after: Any, *, known: bool) -> str:
    if before == after and known:
        return "noop"
    if before is None:
        return "create"
    return "delete" if after is None and known else "update"


def _summary(changes: Changes, operation: str) -> dict[str, Any]:
    count = Counter(one.action for one in changes.objects if not one.is_quiet)
    numbers = {
        "add": count[Action.CREATE] + count[Action.REPLACE],
        "change": count[Action.UPDATE],
        "remove": count[Action.DELETE] + count[Action.REPLACE],
        "import": sum(one.imported for one in changes.objects),
        "operation": operation,
    }
    message = f"{headline(changes).rstrip('.')}. Plan: {totals(changes)}" if operation == "plan" else headline(changes)
    return event_of("change_summary", message, changes=numbers)


def diagnostic_event(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as an event."""
    level = "error" if diagnostic.severity == "error" else "warn"
    message = f"{diagnostic.severity.capitalize()}: {diagnostic.code.id} {diagnostic.summary}"
    return event_of("diagnostic", message, level, diagnostic=as_json(diagnostic))


def end_stream(
    changes: Changes, outputs: Mapping[str, OutputRecord], found: Iterable[Diagnostic], *, complete: bool
) -> Iterator[dict[str, Any]]:
    """Yield the events with which a run ends."""
    for diagnostic in found:
        yield diagnostic_event(diagnostic)
    if complete:
        yield _summary(changes, "apply")
        shown = {
            name: {"sensitive": one.sensitive, "type": one.type, **({} if one.sensitive else {"value": one.value})}
            for name, one in outputs.items()
        }
        yield event_of("outputs", f"Outputs: {len(shown)}", outputs=shown)


def resource(address: Address) -> dict[str, Any]:
    """Return an address in the shape of Terraform's events."""
    return {
        "addr": str(address),
        "module": ".".join(map(str, address.module)),
        "resource": f"{address.kind}.{address.name}",
        "implied_provider": "azure",
        "resource_type": address.kind,
        "resource_name": address.name,
        "resource_key": address.key,
    }
