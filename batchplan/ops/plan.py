"""Making a plan: the configuration evaluated, Azure read, the difference turned into steps."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import batchplan
from batchplan.config.project import Project, without_garbage_collection
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import Address
from batchplan.core.codes import UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostics, UserError
from batchplan.core.remote import Remote
from batchplan.lang.values import wholly_known
from batchplan.ops.evaluation import Evaluating, evaluated_of, stop_at_errors
from batchplan.ops.lookup import with_data
from batchplan.ops.losses import with_losses
from batchplan.ops.meanwhile import meanwhile
from batchplan.ops.outputvalues import output_changes, output_records
from batchplan.ops.reach import silent_accounts
from batchplan.ops.regionfacts import region_facts
from batchplan.ops.rolling import going_back, stale_agents, with_facts
from batchplan.ops.session import Session
from batchplan.ops.state import current, recovered
from batchplan.plan.backups import expanded
from batchplan.plan.change import Action, Changes
from batchplan.plan.defaults import report_early_defaults, unseen_packages
from batchplan.plan.desired import DesiredObject, Identity, desired_objects, remotes
from batchplan.plan.intents import Intents
from batchplan.plan.misfits import report_misfits
from batchplan.plan.observation import Listed, Observation
from batchplan.plan.parity import Parity, parity
from batchplan.plan.planner import Options, assumed, changes, needing_new_ids
from batchplan.plan.regions import RegionalPool
from batchplan.plan.rolling import Rolling, promotes
from batchplan.plan.shift import Shift, Silent, is_silent, moved_parts, report_two, sized_again
from batchplan.plan.step import Step
from batchplan.schema.document import reveal
from batchplan.schema.registry import KINDS
from batchplan.state.document import empty, remote_of
from batchplan.state.model import OutputRecord, StateDocument
from batchplan.strategies.expand import expand
from batchplan.strategies.moves import move_steps


@dataclass(slots=True)
class Planned:
    """A plan, and what it was made of. `outputs` are what the state will record, secrets hashed."""

    changes: Changes
    steps: tuple[Step, ...]
    state: StateDocument
    made_at: datetime
    diagnostics: Diagnostics
    observed: Mapping[Remote, Observation | None] = field(default_factory=dict)
    desired: Sequence[DesiredObject] = ()
    outputs: Mapping[str, OutputRecord] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    project: Project | None = None
    pool_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether applying it would do nothing, in Azure or in the state."""
        acting = any(change.action is not Action.NOOP for change in self.changes.objects)
        changed = any(one.before != one.after or not one.known for one in self.changes.outputs)
        return not acting and not self.steps and not changed


async def recovered_state(session: Session) -> StateDocument:
    """Return the state, with the journals of interrupted runs folded in; a new one before the first apply.

    The folded state is written, so that a second crash loses nothing; the caller holds the lock.
    """
    return await recovered(session.store) or empty(batchplan.__version__)


async def make_plan(
    session: Session,
    project: Project,
    options: Options,
    *,
    refresh: bool = True,
    adopt: Intents | None = None,
    locked: bool = True,
    shift: Shift | None = None,
) -> Planned:
    """Return the plan for a project; raise UserError when the configuration does not allow one.

    Without `refresh`, what the state says is taken for what is live. `adopt` are imports that a command
    asks for, besides those of the configuration. Without the lock nothing is written, because a run whose
    journal is open may still be going on. A `shift` moves pools to other regions, and does nothing else.
    """
    with without_garbage_collection():
        return await _made(session, project, options, adopt, shift, refresh=refresh, locked=locked)


async def _made(
    session: Session,
    project: Project,
    options: Options,
    adopt: Intents | None,
    asked_shift: Shift | None,
    *,
    refresh: bool,
    locked: bool,
) -> Planned:
    now = session.clock.now()
    state = await recovered_state(session) if locked else await current(session.store) or empty(batchplan.__version__)
    shift = asked_shift or Shift(silent=await silent_accounts(session, state) if refresh else frozenset())
    options = replace(options, silent=shift.silent)
    view = shift.view(state)
    evaluating = Evaluating(session, project, state, now, adopt, going_back(state, options))
    listed = Listed()
    recorded = [one for one in map(remote_of, state.resources) if not is_silent(one, shift.silent)] if refresh else []
    async with meanwhile(session.reader.observe(recorded, listed)) as reading:
        made = await evaluating.first()
        desired, regional = _desired(made.project, made.kinds, session, view)
        await reading
    wanted = list(remotes(desired, state)) + [one.remote for one in made.asked.adoptions]
    observed = await _observed(session, wanted, state, shift, listed) if refresh else assumed(state)
    told = told_by_azure(desired, observed)
    if told and _wants_attributes(made.project, desired):
        made = await evaluating.told(made, told)
        desired, regional = _desired(made.project, made.kinds, session, view)
    diagnostics = Diagnostics(made.project.diagnostics.items)
    desired = sized_again(desired, shift.moves)
    rolling = Rolling(now, stale_agents=await stale_agents(session, desired, observed, now) if refresh else frozenset())
    found = changes(desired, state, observed, options, made.asked, diagnostics, rolling)
    anew = needing_new_ids(found) if asked_shift is None else ()
    if anew:
        ids = evaluating.successors(made, {one.address: one.document for one in desired if one.address in anew})
        promoted = {one.address for one in desired if _is_promoted(one, options)}
        made = evaluating.anew(made, {address: name for address, name in ids.items() if address in promoted})
        desired, regional = _desired(made.project, made.kinds, session, view)
        diagnostics = Diagnostics(made.project.diagnostics.items)
        rolling = replace(rolling, successors=_successors(desired, ids))
        found = changes(desired, state, observed, options, made.asked, diagnostics, rolling)
    found = replace(found, regional=regional, active=state.active_regions)
    if asked_shift is not None:
        found = moved_parts(found, shift.moves)
    elif not options.destroy:
        report_two(regional, state, observed, diagnostics)
    if refresh:
        found = await with_facts(session, found, observed)
        found = await with_losses(session, found, desired, state)
        found = replace(found, parity=await found_parity(session, regional, desired, observed, state, shift.silent))
    report_misfits(found, desired, diagnostics)
    unseen = unseen_packages(found, observed) if refresh else ()
    packages = {**observed, **await session.reader.observe(unseen)} if unseen else observed
    report_early_defaults(found, packages, diagnostics)
    partial = options.destroy or options.refresh_only or bool(options.targets or options.excludes or options.verb)
    moves = () if partial else move_steps(found.regional, state, shift)
    digests = package_digests(project, desired, diagnostics)
    steps = expand(found, observed, digests, diagnostics, now, moves)
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    still = options.verb in ("pause", "collect", "due")
    narrow = options.targets or options.excludes or options.refresh_only or still
    whole = not (narrow or shift.moves or shift.silent)
    records = output_records(made.evaluated, state.secret_key) if not options.destroy else {}
    if whole:
        found = replace(found, outputs=output_changes(state.outputs, records, made.evaluated, destroy=options.destroy))
    return Planned(
        changes=found,
        steps=steps,
        state=state,
        made_at=now,
        diagnostics=diagnostics,
        observed=observed,
        desired=desired,
        outputs=records if whole else state.outputs,
        options=options,
        project=made.project,
        pool_ids=made.kinds.pool_ids,
    )


def told_by_azure(
    desired: Sequence[DesiredObject], observed: Mapping[Remote, Observation | None]
) -> dict[str, dict[str, Any]]:
    """Return the attributes that Azure computes, such as an account's endpoint, of what exists, by address."""
    live = {remote.key: found for remote, found in observed.items() if found is not None}
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


def _wants_attributes(project: Project, desired: Sequence[DesiredObject]) -> bool:
    outputs = evaluated_of(project).outputs.values()
    if not all(wholly_known(output.value) for output in outputs):
        return True
    if evaluated_of(project).root.module.policies:
        return True  # these may read any attribute, so Azure's are worth the second evaluation
    return not all(one.known for one in desired)


def _is_promoted(one: DesiredObject, options: Options) -> bool:
    asked = options.verb == "promote" and one.address in options.pools
    return one.kind == "pool" and (asked or promotes(one.document))


def _successors(desired: Sequence[DesiredObject], ids: Mapping[Address, str]) -> dict[Address, Remote]:
    return {
        one.address: Remote("pool", str(reveal(one.document["account_id"])), ids[one.address])
        for one in desired
        if one.address in ids
    }


async def outputs_after(session: Session, planned: Planned) -> Mapping[str, OutputRecord]:
    """Return the outputs after a complete run: those that were not known when planning are known now."""
    if all(one.known for one in planned.changes.outputs) or planned.project is None:
        return planned.outputs
    observed = await session.reader.observe({one.remote for one in planned.desired})
    kinds = SchemaKinds(
        subscription_id=session.subscription,
        endpoint_suffix=session.endpoint_suffix,
        pool_ids=planned.pool_ids,
        attributes=told_by_azure(planned.desired, observed),
    )
    final, _ = await with_data(session, planned.project.evaluated_with(kinds), kinds)
    stop_at_errors(final.diagnostics)
    return output_records(evaluated_of(final), planned.state.secret_key)


async def known_now(session: Session, planned: Planned, made: Collection[Remote]) -> Planned:
    """Return a plan over what is live by now of some objects, evaluated anew with what Azure tells of them.

    Its changes and steps stay what they are. Raise AzureError, UserError.
    """
    observed = {**planned.observed, **await session.reader.observe(set(made))}
    if planned.project is None or planned.options.destroy:
        return replace(planned, observed=observed)
    kinds = SchemaKinds(
        subscription_id=session.subscription,
        endpoint_suffix=session.endpoint_suffix,
        pool_ids=planned.pool_ids,
        attributes=told_by_azure(planned.desired, observed),
    )
    project, _ = await with_data(session, planned.project.evaluated_with(kinds), kinds)
    stop_at_errors(project.diagnostics)
    desired, _ = _desired(project, kinds, session, planned.state)
    return replace(planned, observed=observed, desired=desired, project=project)


def desired_with(
    session: Session, project: Project, pool_ids: Mapping[str, str], state: StateDocument
) -> Sequence[DesiredObject]:
    """Return what a project declares, its pools under given ids; raise UserError."""
    return declared_with(session, project, pool_ids, state)[0]


def declared_with(
    session: Session, project: Project, pool_ids: Mapping[str, str], state: StateDocument
) -> tuple[tuple[DesiredObject, ...], tuple[RegionalPool, ...]]:
    """Return what a project declares, its pools under given ids, and those with backups; raise UserError."""
    kinds = SchemaKinds(
        subscription_id=session.subscription, endpoint_suffix=session.endpoint_suffix, pool_ids=dict(pool_ids)
    )
    evaluated = project.evaluated_with(kinds)
    stop_at_errors(evaluated.diagnostics)
    return _desired(evaluated, kinds, session, state)


def regional_pools(session: Session, project: Project, state: StateDocument) -> tuple[RegionalPool, ...]:
    """Return the pools with backups that a project declares, active where the state says; raise UserError."""
    return declared_regions(session, project, state)[1]


def declared_regions(
    session: Session, project: Project, state: StateDocument
) -> tuple[tuple[DesiredObject, ...], tuple[RegionalPool, ...]]:
    """Return what a project declares, its pools under the ids of the state, and those with backups; raise UserError."""
    pool_ids = {one.address: one.remote.name for one in state.resources if one.remote.kind == "pool"}
    return declared_with(session, project, pool_ids, state)


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


async def found_parity(
    session: Session,
    groups: Sequence[RegionalPool],
    desired: Sequence[DesiredObject],
    observed: Mapping[Remote, Observation | None],
    state: StateDocument,
    silent: Silent,
) -> tuple[Parity, ...]:
    """Return whether each region that stands ready could take over now: four calls an account."""
    if not groups:
        return ()
    facts = await region_facts(session, groups, desired, observed, silent)
    return parity(groups, desired, observed, facts, state.secret_key)


async def _observed(
    session: Session, wanted: Sequence[Remote], state: StateDocument, shift: Shift, listed: Listed
) -> Mapping[Remote, Observation | None]:
    """Return what is live; of what does not answer, what the state says."""
    heard = {one for one in wanted if not is_silent(one, shift.silent)}
    found = await session.reader.observe(heard, listed)
    if len(heard) == len(set(wanted)):
        return found
    return {**found, **{one: seen for one, seen in assumed(state).items() if is_silent(one, shift.silent)}}


def _desired(
    project: Project, kinds: SchemaKinds, session: Session, state: StateDocument
) -> tuple[tuple[DesiredObject, ...], tuple[RegionalPool, ...]]:
    diagnostics = project.diagnostics
    found = desired_objects(evaluated_of(project), kinds, Identity(session.subscription, kinds.pool_ids), diagnostics)
    stop_at_errors(diagnostics)
    whole = expanded(found, kinds.pool_ids, state, diagnostics)
    stop_at_errors(diagnostics)
    return whole.objects, whole.regional
