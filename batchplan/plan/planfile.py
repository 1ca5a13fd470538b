"""A plan on disk: one JSON document, without secrets.

Where a secret stands, the document has its keyed hash. Before the plan is applied the configuration is evaluated
again, and the secrets found there take the places of the hashes they have; one that has changed has no place.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from batchplan.core.address import AddressError
from batchplan.plan.desired import DesiredObject
from batchplan.plan.plan import Plan
from batchplan.plan.planform import FORMAT_VERSION, PlanDocument, Writer, plan_of
from batchplan.plan.step import Step
from batchplan.schema.api import to_api
from batchplan.schema.document import Path, Secret, path_text
from batchplan.state.secrets import MARK, is_placeholder, keyed_hash


class UnreadablePlan(ValueError):
    """A file that is no plan, or of a version that this batchplan does not know."""


class SecretChanged(ValueError):
    """Secrets of a plan that the configuration does not have any more: the addresses, and the fields as text."""

    def __init__(self, missing: Iterable[tuple[str, Path]]) -> None:
        found = tuple(dict.fromkeys(missing))
        self.addresses = tuple(dict.fromkeys(address for address, _ in found))
        super().__init__(", ".join(f"{address}: {path_text(path)}" for address, path in found))


def write_plan(plan: Plan, key: str) -> bytes:
    """Return a plan as the bytes of its file. `key` is that of the keyed hashes, from the state."""
    return Writer(key).document(plan).model_dump_json(indent=1).encode() + b"\n"


def read_plan(content: bytes) -> Plan:
    """Return the plan of a file; raise UnreadablePlan. Its secrets are hashes until `with_secrets`."""
    try:
        data = json.loads(content)
    except ValueError:
        raise UnreadablePlan("it is no JSON document, so it is no plan of batchplan") from None
    version = data.get("format_version") if isinstance(data, dict) else None
    if version != FORMAT_VERSION:
        raise UnreadablePlan(f"its format version is {version}, this batchplan reads {FORMAT_VERSION}; plan again")
    try:
        return plan_of(PlanDocument.model_validate(data))
    except ValidationError as error:
        first = error.errors()[0]
        raise UnreadablePlan(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (AddressError, KeyError, TypeError) as error:
        raise UnreadablePlan(f"it is damaged: {error}") from None


def secrets_of(desired: Iterable[DesiredObject], key: str) -> dict[str, Any]:
    """Return the secrets of a configuration by their keyed hash."""
    found: dict[str, Any] = {}
    for one in desired:
        for node in (one.document, to_api(one.kind, one.document)):
            for value in _secrets(node):
                found[keyed_hash(key, value)] = value
    return found


def with_secrets(plan: Plan, secrets: Mapping[str, Any]) -> Plan:
    """Return a plan whose steps have their secrets again; raise SecretChanged when some are not there."""
    missing: list[tuple[str, Path]] = []
    made = tuple(_revealed(step, secrets, missing) for step in plan.steps)
    if missing:
        raise SecretChanged(missing)
    return replace(plan, steps=made)


def _revealed(step: Step, secrets: Mapping[str, Any], missing: list[tuple[str, Path]]) -> Step:
    parts: dict[str, Any] = {}
    lost: dict[str, list[Path]] = {"applied": [], "body": []}
    for name, paths in lost.items():
        value = getattr(step, name, None)
        if value is not None:
            parts[name] = _filled(value, secrets, paths)
    # A body has the secrets of its document, where they have the names of the configuration.
    missing.extend((str(step.address.successor or step.address), path) for path in lost["applied"] or lost["body"])
    return replace(step, **parts) if parts else step


def _filled(node: Any, secrets: Mapping[str, Any], lost: list[Path], path: Path = ()) -> Any:
    if is_placeholder(node):
        if node[MARK] not in secrets:
            lost.append(path)
            return node
        return Secret(secrets[node[MARK]])
    if isinstance(node, Mapping):
        return {name: _filled(part, secrets, lost, (*path, name)) for name, part in node.items()}
    if isinstance(node, list):
        return [_filled(part, secrets, lost, (*path, at)) for at, part in enumerate(node)]
    return node


def _secrets(node: Any) -> Iterable[Any]:
    if isinstance(node, Secret):
        yield node.reveal()
    elif isinstance(node, Mapping):
        for part in node.values():
            yield from _secrets(part)
    elif isinstance(node, (list, tuple)):
        for part in node:
            yield from _secrets(part)
