"""Making a plan: the configuration evaluated, Azure read, the difference turned into steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import batchplan
from batchplan.config.project import Project, without_garbage_collection
from batchplan.core.address import Address
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.lang.values import wholly_known
from batchplan.ops.declared import declared, package_digests, told_by_azure
from batchplan.ops.dropped import with_dropped
from batchplan.ops.evaluation import Evaluating, Evaluation, evaluated_of, stop_at_errors
from batchplan.ops.losses import with_losses
from batchplan.ops.meanwhile import meanwhile
from batchplan.ops.outputvalues import output_changes, output_records
from batchplan.ops.reach import silent_accounts
from batchplan.ops.regionfacts import found_parity
from batchplan.ops.rolling import going_back, stale_agents, with_facts
from batchplan.ops.session import Session
from batchplan.ops.state import current, recovered
from batchplan.plan.backups import Expanded
from batchplan.plan.change import Action, Changes
from batchplan.plan.defaults import report_early_defaults, unseen_packages
from batchplan.plan.desired import DesiredObject, remotes
from batchplan.plan.intents import Intents
from batchplan.plan.misfits import report_misfits
from batchplan.plan.observation import Listed, Observed
from batchplan.plan.options import Options
from batchplan.plan.planner import assumed, changes, needing_new_ids
from batchplan.plan.rolling import Rolling, promotes
from batchplan.plan.shift import Shift, is_silent, moved_parts, report_two, sized_again
from batchplan.plan.step import Step
from batchplan.plan.unmovable import report_unmovable
from batchplan.plan.warm import Warm, warm
from batchplan.schema.document import reveal
from batchplan.state.document import empty, remote_of
from batchplan.state.model import OutputRecord, StateDocument
from batchplan.strategies.expand import expand
from batchplan.strategies.moves import move_steps
from batchplan.strategies.warm import cooled_steps


@dataclass(slots=True)
class Planned:
    """A plan, and what it was made of. `outputs` are what the state will record, secrets hashed."""

    changes: Changes
    steps: tuple[Step, ...]
    state: StateDocument
    made_at: datetime
    diagnostics: Diagnostics
    observed: Observed = field(default_factory=dict)
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
        basis = await _basis(session, project, options, adopt, shift, refresh=refresh, locked=locked)
        seen = await _seen(basis)
        compared = await _compared(basis, seen)
        found = await _informed(basis, compared)
        steps = await _steps(basis, compared, found)
        return _planned(basis, compared, found, steps)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a plan starts from. `moving` says that it moves pools to other regions, and does nothing else."""

    session: Session
    options: Options
    state: StateDocument
    now: datetime
    shift: Shift
    evaluating: Evaluating
    refresh: bool
    moving: bool

    def declared(self, made: Evaluation) -> Expanded:
        """Return what an evaluated configuration declares, active where the plan puts it; raise UserError."""
        whole = declared(made.project, made.kinds, self.session, self.shift.view(self.state))
        return replace(whole, objects=sized_again(whole.objects, self.shift.moves))


async def _basis(
    session: Session,
    project: Project,
    options: Options,
    adopt: Intents | None,
    asked: Shift | None,
    *,
    refresh: bool,
    locked: bool,
) -> _Basis:
    now = session.clock.now()
    state = await recovered_state(session) if locked else await current(session.store) or empty(batchplan.__version__)
    shift = asked or Shift(silent=await silent_accounts(session, state) if refresh else frozenset())
    options = replace(options, silent=shift.silent)
    evaluating = Evaluating(session, project, state, now, adopt, going_back(state, options))
    return _Basis(session, options, state, now, shift, evaluating, refresh, asked is not None)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A configuration evaluated, what it declares, and what is live."""

    made: Evaluation
    declared: Expanded
    observed: Observed


async def _seen(basis: _Basis) -> _Seen:
    """Return both sides. What the state records is read while the configuration is evaluated."""
    listed = Listed()
    recorded = [remote_of(one) for one in basis.state.resources] if basis.refresh else []
    async with meanwhile(_observed(basis, recorded, listed)) as reading:
        made = await basis.evaluating.first()
        whole = basis.declared(made)
        await reading
    wanted = [*remotes(whole.objects, basis.state), *(one.remote for one in made.asked.adoptions)]
    observed = await _observed(basis, wanted, listed) if basis.refresh else assumed(basis.state)
    told = told_by_azure(whole.objects, observed)
    if told and _wants_attributes(made.project, whole.objects):
        made = await basis.evaluating.told(made, told)
        whole = basis.declared(made)
    return _Seen(made, whole, observed)


async def _observed(basis: _Basis, wanted: Sequence[Remote], listed: Listed) -> Observed:
    """Return what is live; of what does not answer, what the state says."""
    silent = basis.shift.silent
    heard = {one for one in wanted if not is_silent(one, silent)}
    found = await basis.session.reader.observe(heard, listed)
    if len(heard) == len(set(wanted)):
        return found
    return {**found, **{one: seen for one, seen in assumed(basis.state).items() if is_silent(one, silent)}}


@dataclass(frozen=True, slots=True)
class _Compared:
    """What was seen, what differs, and what is wrong with either."""

    seen: _Seen
    warmed: Warm
    found: Changes
    diagnostics: Diagnostics

    @property
    def desired(self) -> tuple[DesiredObject, ...]:
        """What is declared."""
        return self.seen.declared.objects

    @property
    def observed(self) -> Observed:
        """What is live."""
        return self.seen.observed


async def _compared(basis: _Basis, seen: _Seen) -> _Compared:
    """Return what differs; pools that are replaced have new ids, which the configuration is evaluated with again."""
    desired = seen.declared.objects
    session, now = basis.session, basis.now
    stale = await stale_agents(session, desired, seen.observed, now) if basis.refresh else frozenset()
    rolling = Rolling(now, stale_agents=stale)
    warmed = warm(basis.state, desired, basis.shift, now, moves_only=basis.moving)
    compared = _with_changes(basis, seen, warmed, rolling)
    anew = needing_new_ids(compared.found) if not basis.moving else ()
    if not anew:
        return compared
    evaluating = basis.evaluating
    ids = evaluating.successors(seen.made, {one.address: one.document for one in desired if one.address in anew})
    promoted = {one.address for one in desired if _is_promoted(one, basis.options)}
    made = evaluating.anew(seen.made, {address: name for address, name in ids.items() if address in promoted})
    seen = replace(seen, made=made, declared=basis.declared(made))
    rolling = replace(rolling, successors=_successors(seen.declared.objects, ids))
    return _with_changes(basis, seen, warmed, rolling)


def _with_changes(basis: _Basis, seen: _Seen, warmed: Warm, rolling: Rolling) -> _Compared:
    diagnostics = Diagnostics(seen.made.project.diagnostics.items)
    wanted = warmed.wanted(seen.declared.objects, seen.observed)
    known = warmed.view(basis.state, seen.observed)
    found = changes(wanted, known, seen.observed, basis.options, seen.made.asked, diagnostics, rolling)
    return _Compared(seen, warmed, found, diagnostics)


async def _informed(basis: _Basis, compared: _Compared) -> Changes:
    """Return the changes with all that is live about them, and report what that says against them."""
    session, state, shift = basis.session, basis.state, basis.shift
    desired, regional, observed = compared.desired, compared.seen.declared.regional, compared.observed
    found = replace(compared.found, regional=regional, active=state.active_regions)
    found = replace(
        found, warm={**compared.warmed.kept, **compared.warmed.over}, cooled=frozenset(compared.warmed.over)
    )
    if basis.moving:
        found = moved_parts(found, shift.moves)
    elif not basis.options.destroy:
        report_two(regional, state, observed, compared.diagnostics)
    if basis.refresh:
        found = await with_facts(session, found, observed)
        found = await with_dropped(session, found)
        found = await with_losses(session, found, desired, state)
        found = replace(found, parity=await found_parity(session, regional, desired, observed, state, shift.silent))
    report_misfits(found, desired, compared.diagnostics)
    report_unmovable(found, desired, compared.diagnostics)
    return found


async def _steps(basis: _Basis, compared: _Compared, found: Changes) -> tuple[Step, ...]:
    """Return the steps of changes; raise UserError for all errors that planning has found."""
    observed, diagnostics, options = compared.observed, compared.diagnostics, basis.options
    unseen = unseen_packages(found, observed) if basis.refresh else ()
    packages = {**observed, **await basis.session.reader.observe(unseen)} if unseen else observed
    report_early_defaults(found, packages, diagnostics)
    partial = options.destroy or options.refresh_only or bool(options.targets or options.excludes or options.verb)
    cooled = cooled_steps(compared.warmed, basis.state)
    moves = () if partial else (*move_steps(found.regional, basis.state, basis.shift), *cooled)
    digests = package_digests(basis.evaluating.project, compared.desired, diagnostics)
    steps = expand(found, observed, digests, diagnostics, basis.now, moves)
    stop_at_errors(diagnostics)
    return steps


def _planned(basis: _Basis, compared: _Compared, found: Changes, steps: tuple[Step, ...]) -> Planned:
    options, state, made = basis.options, basis.state, compared.seen.made
    still = options.verb in ("pause", "collect", "due")
    narrow = options.targets or options.excludes or options.refresh_only or still
    whole = not (narrow or basis.shift.moves or basis.shift.silent)
    records = output_records(made.evaluated, state.secret_key) if not options.destroy else {}
    if whole:
        found = replace(found, outputs=output_changes(state.outputs, records, made.evaluated, destroy=options.destroy))
    return Planned(
        changes=found,
        steps=steps,
        state=state,
        made_at=basis.now,
        diagnostics=compared.diagnostics,
        observed=compared.observed,
        desired=compared.desired,
        outputs=records if whole else state.outputs,
        options=options,
        project=made.project,
        pool_ids=made.kinds.pool_ids,
    )


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
