"""What a project declares, as the objects that planning compares."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from batchplan.config.project import Project
from batchplan.config.typed import SchemaKinds
from batchplan.core.codes import UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.ops.evaluation import evaluated_of, stop_at_errors
from batchplan.ops.session import Session
from batchplan.plan.backups import Expanded, expanded
from batchplan.plan.desired import DesiredObject, Identity, desired_objects
from batchplan.plan.observation import Observation, live_of
from batchplan.schema.registry import KINDS
from batchplan.state.model import StateDocument


def declared(project: Project, kinds: SchemaKinds, session: Session, state: StateDocument) -> Expanded:
    """Return what an evaluated project declares, and its pools with backups; raise UserError."""
    diagnostics = project.diagnostics
    found = desired_objects(evaluated_of(project), kinds, Identity(session.subscription, kinds.pool_ids), diagnostics)
    stop_at_errors(diagnostics)
    whole = expanded(found, kinds.pool_ids, state, diagnostics)
    stop_at_errors(diagnostics)
    return whole


def declared_with(session: Session, project: Project, pool_ids: Mapping[str, str], state: StateDocument) -> Expanded:
    """Return what a project declares, its pools under given ids; raise UserError."""
    kinds = SchemaKinds(
        subscription_id=session.subscription, endpoint_suffix=session.endpoint_suffix, pool_ids=dict(pool_ids)
    )
    evaluated = project.evaluated_with(kinds)
    stop_at_errors(evaluated.diagnostics)
    return declared(evaluated, kinds, session, state)


def declared_as_recorded(session: Session, project: Project, state: StateDocument) -> Expanded:
    """Return what a project declares, its pools under the ids of the state; raise UserError."""
    pool_ids = {one.address: one.remote.name for one in state.resources if one.remote.kind == "pool"}
    return declared_with(session, project, pool_ids, state)


def told_by_azure(
    desired: Sequence[DesiredObject], observed: Mapping[Remote, Observation | None]
) -> dict[str, dict[str, Any]]:
    """Return the attributes that Azure computes, such as an account's endpoint, of what exists, by address."""
    live = live_of(observed)
    made: dict[str, dict[str, Any]] = {}
    for one in desired:
        found = live.get(one.remote.key)
        if found is None:
            continue
        names = [name for name in KINDS[one.kind].model.computed if name not in ("id", "pool_id")]
        attributes = {name: found.facts[name] for name in names if name in found.facts}
        if attributes:
            made[str(one.address)] = attributes
    return made


def package_digests(project: Project, desired: Sequence[DesiredObject], diagnostics: Diagnostics) -> dict[str, str]:
    """Return the SHA-256 sums of the files of application packages by their paths; report what cannot be read."""
    made: dict[str, str] = {}
    for one in desired:
        name = one.document.get("source") if one.kind == "application_package" else None
        if not isinstance(name, str) or name in made:
            continue
        path = project.directory / name
        try:
            with path.open("rb") as file:
                made[name] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            at = one.locate(("source",)) if one.locate is not None else one.at
            reason = (error.strerror or str(error)).lower()
            diagnostics.error(UNREADABLE_FILE, f'The package "{name}" cannot be read: {reason}.', at)
    return made
