"""Saved plans: written with all that tells whether they still hold, applied only while they do."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import batchplan
from batchplan.config.files import read_source
from batchplan.config.project import Project
from batchplan.core.codes import PLANNED_OTHERWISE, SECRET_CHANGED, STALE_PLAN, UNREADABLE_FILE, UNREADABLE_PLAN
from batchplan.core.diagnostics import Diagnostic, Diagnostics, Severity, UserError
from batchplan.core.remote import Remote
from batchplan.ops.declared import declared_with
from batchplan.ops.plan import Planned, recovered_state
from batchplan.ops.reach import silent_accounts
from batchplan.ops.regionfacts import found_parity
from batchplan.ops.session import Session
from batchplan.plan.backups import Expanded
from batchplan.plan.observation import Observation
from batchplan.plan.options import Options
from batchplan.plan.plan import Moved, Plan, seen_objects, stale
from batchplan.plan.planfile import SecretChanged, UnreadablePlan, read_plan, secrets_of, with_secrets, write_plan
from batchplan.plan.step import Patch, Step
from batchplan.state.model import OutputRecord, StateDocument
from batchplan.state.secrets import is_placeholder, keyed_hash


class StalePlan(UserError):
    """A saved plan that does not hold any more."""

    exit_code = 4


def save_plan(planned: Planned, path: Path) -> None:
    """Write a plan to a file that only its owner can read; raise UserError when it cannot be written."""
    state, project = planned.state, planned.project
    plan = Plan(
        changes=planned.changes,
        steps=planned.steps,
        lineage=state.lineage,
        serial=state.serial,
        created_at=planned.made_at,
        workspace=project.workspace if project is not None else "default",
        version=batchplan.__version__,
        inputs=_inputs(project, state.secret_key),
        seen=seen_objects(planned.changes, planned.observed, state.secret_key),
        outputs={name: one.model_dump() for name, one in planned.outputs.items()},
        options={
            "pool_ids": dict(planned.pool_ids),
            "destroy": planned.options.destroy,
            "refresh_only": planned.options.refresh_only,
            **_of_a_new_state(state),
        },
    )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(write_plan(plan, state.secret_key))
    except OSError as error:
        detail = f'The plan cannot be written to "{path}": {(error.strerror or str(error)).lower()}.'
        raise UserError([Diagnostic(UNREADABLE_FILE, detail)]) from None


async def load_plan(session: Session, project: Project, path: Path) -> Planned:
    """Return a saved plan, ready to be applied; raise StalePlan when something has moved since it was made.

    Its secrets are taken again from where they came and must be those that it was made with.
    """
    plan = _read(path)
    _check_origin(plan, path, project)
    state = _begun(await recovered_state(session), plan)
    seen = {one.remote for one in plan.seen}
    observed = await session.reader.observe(seen)
    moved = stale(plan, state if state.serial else None, observed, state.secret_key)
    if moved or (not state.serial and plan.serial):
        raise StalePlan([_stale(plan, moved)])
    pool_ids = plan.options.get("pool_ids", {})
    destroy = bool(plan.options.get("destroy"))
    whole = Expanded(()) if destroy else declared_with(session, project, pool_ids, state)
    desired = whole.objects
    try:
        plan = with_secrets(plan, secrets_of(desired, state.secret_key))
    except SecretChanged as error:
        detail = f"{error}. Nothing was changed. Make a new plan: batchplan plan -out FILE"
        raise StalePlan([Diagnostic(SECRET_CHANGED, detail)]) from None
    others = {one.remote for one in desired} - seen
    # Policy looks at what the plan does not touch, too: quotas of its accounts, pools beside those that change.
    observed = {**observed, **await session.reader.observe(others)}
    parity = await found_parity(
        session, whole.regional, desired, observed, state, await silent_accounts(session, state)
    )
    return Planned(
        changes=replace(plan.changes, parity=parity),
        steps=tuple(_with_present_etag(step, observed) for step in plan.steps),
        state=state,
        made_at=plan.created_at,
        diagnostics=Diagnostics(_edited(plan, project, state.secret_key)),
        observed=observed,
        desired=desired,
        options=Options(destroy=destroy, refresh_only=bool(plan.options.get("refresh_only"))),
        outputs={name: OutputRecord.model_validate(one) for name, one in plan.outputs.items()},
        project=project,
        pool_ids=pool_ids,
    )


def _inputs(project: Project | None, key: str) -> dict[str, str]:
    """Return a hash of each file of a configuration, by name; keyed, as a file may hold secrets."""
    return {one.name: keyed_hash(key, one.text) for one in project.sources} if project is not None else {}


def _edited(plan: Plan, project: Project, key: str) -> list[Diagnostic]:
    """Return a warning that names the files which are not as they were when the plan was made."""
    now = _inputs(project, key)
    if not plan.inputs:
        return []  # made by a version that did not record them
    edited = [f"{name} has been edited" for name, hashed in plan.inputs.items() if _hash(project, name, key) != hashed]
    added = [f"{name} is new" for name in now if name not in plan.inputs]
    if not edited and not added:
        return []
    detail = (
        f"Since the plan was made ({plan.created_at:%Y-%m-%d %H:%M}): {', '.join([*edited, *added])}. What is done is "
        "what the plan says. To do what the files say now, make a new plan: batchplan plan -out FILE"
    )
    return [Diagnostic(PLANNED_OTHERWISE, detail, severity=Severity.WARNING)]


def _hash(project: Project, name: str, key: str) -> str | None:
    """Return the hash of a file as it is now, whether or not the project still uses it; None when it is gone."""
    source = read_source(project.directory / name, name, Diagnostics())
    return keyed_hash(key, source.text) if source is not None else None


def _with_present_etag(step: Step, observed: Mapping[Remote, Observation | None]) -> Step:
    """Return a step that names the ETag the object has now: an autoscale resize changes it, and nothing else.

    That the object itself is as it was planned for has been checked.
    """
    if not isinstance(step, Patch) or step.etag is None:
        return step
    found = next((one for remote, one in observed.items() if remote.key == step.remote.key), None)
    return replace(step, etag=found.etag) if found is not None else step


def _of_a_new_state(state: StateDocument) -> dict[str, str]:
    """Return what the hashes of a first plan are made with; later it is in the state, which has them as well."""
    return {"secret_key": state.secret_key} if state.serial == 0 else {}


def _begun(state: StateDocument, plan: Plan) -> StateDocument:
    """Return the state to go on from: before the first apply, the one that the plan was made with."""
    key = plan.options.get("secret_key")
    if state.serial or plan.serial or not key:
        return state
    return state.model_copy(update={"lineage": plan.lineage, "secret_key": key})


def _read(path: Path) -> Plan:
    try:
        return read_plan(path.read_bytes())
    except OSError as error:
        detail = f'The plan "{path}" cannot be read: {(error.strerror or str(error)).lower()}.'
        raise UserError([Diagnostic(UNREADABLE_FILE, detail)]) from None
    except UnreadablePlan as error:
        raise UserError([Diagnostic(UNREADABLE_PLAN, f'"{path}": {error}.')]) from None


def _check_origin(plan: Plan, path: Path, project: Project) -> None:
    """Raise UserError for a plan of another version of batchplan, or for another workspace."""
    if plan.version != batchplan.__version__:
        detail = (
            f'"{path}" was made by batchplan {plan.version}, and this is {batchplan.__version__}, which might do its '
            "steps otherwise than shown. Nothing was changed. Make a new plan: batchplan plan -out FILE"
        )
        raise UserError([Diagnostic(UNREADABLE_PLAN, detail)])
    if plan.workspace != project.workspace:
        detail = (
            f'This plan was made in the workspace "{plan.workspace}", and "{project.workspace}" is in use. Nothing was '
            f"changed. To go back to that one: batchplan workspace select {plan.workspace}"
        )
        raise StalePlan([Diagnostic(STALE_PLAN, detail)])


def _side(moved: Moved, value: object) -> str:
    """Return one side of what has moved: of an object, whether it is there, of a field, its value."""
    return _told(value) if moved.path else str(value)


def _told(value: object) -> str:
    """Return a value as it is written; a secret, of which there is a hash only, by a word."""
    if is_placeholder(value):
        return "(sensitive value)"
    return json.dumps(value, ensure_ascii=False, default=str)


def _stale(plan: Plan, moved: list[Moved]) -> Diagnostic:
    lines = []
    for one in moved:
        tags = f"   etag {one.etag_planned} -> {one.etag_live}" if one.etag_planned else ""
        what = f"{one.address} changed in Azure" if one.address is not None else "the state has moved on"
        lines.append(f"{what} after this plan was made ({plan.created_at:%Y-%m-%d %H:%M}):")
        lines.append(f"    {one.path}   {_side(one, one.planned)} -> {_side(one, one.live)}{tags}")
    lines.append("Nothing was changed. Make a new plan: batchplan plan -out FILE")
    return Diagnostic(STALE_PLAN, "\n".join(lines))
