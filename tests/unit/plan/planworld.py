"""Small worlds for the planner: objects by a few words, and plans as text that can be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from batchplan.core.address import Address, parse_address
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Change, Changes
from batchplan.plan.desired import DesiredObject
from batchplan.plan.diff import sealed
from batchplan.plan.intents import Intents
from batchplan.plan.observation import Observation
from batchplan.plan.options import Options
from batchplan.plan.planner import changes
from batchplan.plan.step import Step
from batchplan.schema.document import UNKNOWN, path_text
from batchplan.state.document import Applied, empty, with_resource
from batchplan.state.model import StateDocument
from batchplan.strategies.expand import expand

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
SYMBOLS = {Action.NOOP: " ", Action.UPDATE: "~", Action.REPLACE: "+/-", Action.CREATE: "+", Action.DELETE: "-"}
POOL = {
    "account_id": ACCOUNT,
    "name": "render",
    "vm_size": "standard_d4s_v5",
    "node_agent_sku_id": "batch.node.ubuntu 22.04",
    "image_reference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204", "version": "latest"},
    "fixed_scale": {"target_dedicated_nodes": 2},
}
JOB = {"account_id": ACCOUNT, "name": "ingest", "pool_info": {"pool_id": "render-1"}}
BUSY = {
    "allocation_state": "steady",
    "provisioning_state": "Succeeded",
    "current_dedicated_nodes": 2,
    "current_low_priority_nodes": 0,
    "target_dedicated_nodes": 2,
    "target_low_priority_nodes": 0,
}
EMPTY = {**BUSY, "current_dedicated_nodes": 0, "target_dedicated_nodes": 0}


@dataclass
class World:
    """What is declared, recorded and live; `plan` compares the three."""

    state: StateDocument = field(default_factory=lambda: empty("0"))
    desired: dict[Address, DesiredObject] = field(default_factory=dict)
    live: dict[Remote, Observation | None] = field(default_factory=dict)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)

    def remote(self, address: Address, document: Mapping[str, Any], name: str | None = None) -> Remote:
        """Return what an object is in Azure."""
        if address.kind == "account":
            return Remote("account", f"{ACCOUNT[:-4]}{document['name']}", document["name"])
        if address.kind == "application_package":
            account, _, application = document["application_id"].rpartition("/applications/")
            return Remote(address.kind, account, application, document["version"])
        return Remote(address.kind, document["account_id"], name or document["name"])

    def declare(self, text: str, document: Mapping[str, Any], named: str | None = None, **parts: Any) -> None:
        """Declare an object."""
        address = parse_address(text)
        needs = tuple(parse_address(one) for one in parts.pop("needs", ()))
        self.desired[address] = DesiredObject(
            address, self.remote(address, document, named), document, needs=needs, **parts
        )

    def record(
        self,
        text: str,
        document: Mapping[str, Any],
        named: str | None = None,
        needs: tuple[str, ...] = (),
        **parts: Any,
    ) -> None:
        """Put an object into the state."""
        address = parse_address(text)
        applied = sealed(document, self.state.secret_key)
        remote = self.remote(address, document, named)
        self.state = with_resource(self.state, Applied(address, remote, applied, needs, **parts))

    def see(
        self, text: str, document: Mapping[str, Any], named: str | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Let an object be live."""
        remote = self.remote(parse_address(text), document, named)
        shown = {name: part for name, part in document.items() if name not in ("account_id", "replacement", "source")}
        self.live[remote] = Observation(remote, shown, "etag-1", facts or {})

    def have(
        self,
        text: str,
        document: Mapping[str, Any],
        named: str | None = None,
        needs: tuple[str, ...] = (),
        **parts: Any,
    ) -> None:
        """Declare, record and see the same object."""
        self.declare(text, document, named, needs=needs)
        self.record(text, document, named, needs)
        self.see(text, document, named, parts.get("facts"))

    def changes(self, asked: Intents | None = None, **options: Any) -> Changes:
        """Return what differs."""
        chosen = Options(**options)
        found = list(self.desired.values())
        return changes(found, self.state, self.live, chosen, asked or Intents(), self.diagnostics)

    def steps(self, asked: Intents | None = None, **options: Any) -> tuple[Step, ...]:
        """Return the steps."""
        return expand(self.changes(asked, **options), self.live, {"a.zip": "00"}, self.diagnostics)

    def told(self, asked: Intents | None = None, **options: Any) -> list[str]:
        """Return the changes and the steps as text, and what is wrong."""
        found = self.changes(asked, **options)
        steps = expand(found, self.live, {"a.zip": "00"}, self.diagnostics)
        lines = [line for change in found.objects for line in told(change)]
        lines += [f"{step.id}  {type(step).__name__}" for step in steps]
        return [*lines, *(f"! {one.code.id} {one.detail}" for one in self.diagnostics)]


def told(change: Change) -> list[str]:
    """Return a change as text."""
    words = [SYMBOLS[change.action], str(change.address)]
    words += [f"({change.strategy})"] if change.strategy else []
    words += ["(imported)"] if change.imported else []
    lines = [" ".join(words)]
    for one in change.fields:
        values = " -> ".join(
            "null" if v is None else "known after apply" if v is UNKNOWN else str(v) for v in (one.before, one.after)
        )
        deferred = ", deferred" if one.deferred else ""
        lines.append(f"    {path_text(one.path)}: {values}  [{one.mutability}, {one.cause.name.lower()}{deferred}]")
    return lines
