"""Checking a configuration or a plan against policy, and what an apply does with the answer."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import batchplan
from batchplan.config.evaluate import Evaluated
from batchplan.config.project import Project, without_garbage_collection
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import Address
from batchplan.core.codes import POLICY_REFUSED, UNKNOWN_RULE, UNREADABLE_POLICY_FILE
from batchplan.core.diagnostics import Diagnostic, Diagnostics, UserError
from batchplan.core.remote import Remote
from batchplan.core.suggest import did_you_mean
from batchplan.ops.declared import told_by_azure
from batchplan.ops.livefacts import gather
from batchplan.ops.plan import Planned
from batchplan.ops.session import Session
from batchplan.ops.statesummary import summary
from batchplan.ops.who import user_name
from batchplan.plan.backups import as_declared, is_backup
from batchplan.plan.change import Action
from batchplan.policy.baseline import read_baseline
from batchplan.policy.context import Baselined, Context, Override
from batchplan.policy.document import read_context, write_context
from batchplan.policy.gates import making
from batchplan.policy.judge import Judged, Judgement, Status, judged, never
from batchplan.policy.live import Dataset, Live
from batchplan.policy.load import Policy, load_policy
from batchplan.policy.model import Level, Phase, Verdict
from batchplan.policy.sets import Chosen
from batchplan.policy.subject import Subject
from batchplan.policy.subjects import declared, planned_steps
from batchplan.policy.subjects import planned as planned_subjects
from batchplan.policy.suppressions import suppressed_in
from batchplan.state.journal import Entry, entry_json
from batchplan.state.model import OverrideRecord

BASELINE = "batchplan.baseline.json"
"""The baseline of a project, used when it is there."""

SOMEWHERE = "00000000-0000-0000-0000-000000000000"
"""Stands for the subscription where none is known, so that references between objects lead somewhere."""

STATIC = (Phase.STATIC,)
PLANNING = (Phase.STATIC, Phase.LIVE, Phase.PLAN)
UNDECIDED = "BP0006"
"""The rule about policy blocks without an answer."""

SHOWN = 10
"""How many findings a refusal names."""


class PolicyRefused(UserError):
    """Policy stops an apply."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a command asks of policy. `baseline` None means the project's own, where there is one."""

    set_name: str | None = None
    overrides: tuple[Override, ...] = ()
    as_of: date | None = None
    baseline: Path | None = None
    plugins: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, with which policy, and what came of it. `diagnostics`: what is wrong with its blocks."""

    context: Context
    policy: Policy
    judgement: Judgement
    diagnostics: Diagnostics


def check_static(project: Project, asked: Asked, today: date) -> Checked:
    """Return what the rules say that look at nothing but the configuration."""
    diagnostics = Diagnostics()
    subjects: tuple[Subject, ...] = ()
    if project.evaluated is not None:
        names = {
            str(one.address): one.address.name for one in project.evaluated.instances if one.address.kind == "pool"
        }
        kinds = SchemaKinds(partial=True, subscription_id=SOMEWHERE, pool_ids=names)
        again = project.evaluated_with(kinds, partial=True)
        if again.evaluated is not None:
            subjects = declared(again.evaluated, kinds, SOMEWHERE)
    policy = load_policy(project.evaluated, diagnostics, set_name=asked.set_name, plugins=asked.plugins)
    context = Context(subjects=subjects, as_of=asked.as_of or today)
    return _checked(context, policy, asked, project.directory, STATIC, diagnostics, gate=False)


async def check_plan(session: Session, planned: Planned, asked: Asked, *, refresh: bool, gate: bool = False) -> Checked:
    """Return what the rules say about a plan; raise UserError when the policy blocks are wrong.

    At the gate of an apply the rules of that phase are asked, too, and what was not known is asked again. What only an
    account tells that the plan makes is no reason to refuse it there: `ops.policygate` asks when the account is made.
    """
    diagnostics = Diagnostics()
    policy = _policy(session, planned, asked, diagnostics)
    context = _context(session, planned, asked)
    phases = (*PLANNING, Phase.APPLY) if gate else PLANNING
    if refresh:
        read = await gather(session, context, _inputs(policy, phases), silent=_silent(planned))
        context = replace(context, live=_merged(read, _parity(planned, context)))
    plan = making(planned.steps, planned.changes.needs)

    def later(verdict: Verdict) -> bool:
        return bool(plan.waits_for(verdict, policy.chosen, context))

    return _checked(context, policy, asked, _folder(planned), phases, diagnostics, gate=gate, later=later)


async def check_again(
    session: Session, planned: Planned, asked: Asked, before: Checked, rules: Collection[str], accounts: Collection[str]
) -> Checked:
    """Return what some rules say by now about a plan that is being done; raise UserError.

    Accounts, by id, that have been made meanwhile are read; about everything else, what was read before the run counts.
    """
    diagnostics = Diagnostics()
    policy = _policy(session, planned, asked, diagnostics)
    kept = tuple(one for one in policy.rules if one.id in rules or one.id == UNDECIDED)
    policy = replace(policy, rules=kept)
    known = {one.id for one in kept}
    asked = replace(asked, overrides=tuple(one for one in asked.overrides if one.rule in known))
    context = _context(session, planned, asked)
    read = await gather(session, context, _inputs(policy, PLANNING), accounts, _silent(planned))
    context = replace(context, live=_merged(before.context.live, read))
    return _checked(context, policy, asked, _folder(planned), PLANNING, diagnostics, gate=True)


def _silent(planned: Planned) -> frozenset[str]:
    """Return the accounts that do not answer in part or at all, by id in lower case."""
    return frozenset(account for account, _ in planned.options.silent)


def _parity(planned: Planned, context: Context) -> Live:
    """Return what the plan has found of the regions that stand ready; nothing where it has not looked."""
    told: dict[str, dict[str, Any]] = {}
    for one in planned.changes.parity:
        told.setdefault(str(one.pool), {})[one.key] = [asdict(check) for check in one.checks]
    rows = {
        one.remote.id.lower(): told[str(one.address)]
        for one in context.of_kind("pool")
        if one.remote is not None and str(one.address) in told
    }
    return Live({"parity": Dataset(planned.made_at, rows)} if rows else {})


def _merged(old: Live, new: Live) -> Live:
    """Return all rows of both, the newer ones where both have one."""
    rows = {
        name: Dataset(dataset.at, {**old.datasets[name].rows, **dataset.rows} if name in old.datasets else dataset.rows)
        for name, dataset in new.datasets.items()
    }
    return Live({**old.datasets, **rows})


def _policy(session: Session, planned: Planned, asked: Asked, diagnostics: Diagnostics) -> Policy:
    evaluated = _evaluated(session, planned)
    policy = load_policy(evaluated, diagnostics, set_name=asked.set_name, plugins=asked.plugins)
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    return policy


def _folder(planned: Planned) -> Path:
    return planned.project.directory if planned.project is not None else Path.cwd()


def _context(session: Session, planned: Planned, asked: Asked) -> Context:
    """Return what rules look at, without what is to be read of Azure beside the objects."""
    now = session.clock.now()
    # Rules look at a pool with its backups inside; of what these stand for, they see what goes.
    seen = [one for one in planned.changes.objects if one.action is Action.DELETE or not is_backup(one.address)]
    subjects = planned_subjects(as_declared(planned.desired), seen, planned.observed)
    return Context(
        subjects=subjects,
        as_of=asked.as_of or now.astimezone(UTC).date(),
        made_at=now,
        steps=planned_steps(planned.steps),
        state=summary(planned.state),
        settings=_settings(session, planned),
        planned=True,
    )


def _evaluated(session: Session, planned: Planned) -> Evaluated | None:
    """Return the configuration of a plan, evaluated; one that was saved has been loaded without that."""
    project = planned.project
    if project is None or project.evaluated is not None:
        return project.evaluated if project is not None else None
    kinds = SchemaKinds(
        subscription_id=session.subscription,
        endpoint_suffix=session.endpoint_suffix,
        pool_ids=dict(planned.pool_ids),
        attributes=told_by_azure(planned.desired, planned.observed),
    )
    return project.evaluated_with(kinds).evaluated


def check_context(path: Path, asked: Asked, project: Project | None) -> Checked:
    """Return what the rules say about a saved context; raise UserError when it cannot be read.

    The policy set in force is the one that was saved, unless another one is asked for. Policy blocks are those of the
    project, where there is one.
    """
    diagnostics = Diagnostics()
    try:
        context, chosen = read_context(path.read_bytes())
    except OSError as error:
        raise _unreadable("context", path, (error.strerror or str(error)).lower()) from None
    except ValueError as error:
        raise _unreadable("context", path, f"it is no context ({str(error).splitlines()[0]})") from None
    evaluated = project.evaluated if project is not None else None
    policy = load_policy(evaluated, diagnostics, set_name=asked.set_name, plugins=asked.plugins)
    if asked.set_name is None:
        settings = {**policy.chosen.settings, **chosen.settings}
        known = {one.id for one in policy.rules}
        kept = {name: one for name, one in settings.items() if name in known}
        policy = replace(policy, chosen=Chosen(chosen.name, chosen.blocks_from, kept))
    context = replace(
        context,
        as_of=asked.as_of or context.as_of,
        overrides=(*context.overrides, *asked.overrides),
        baseline=_baseline(asked, Path.cwd()) if asked.baseline is not None else context.baseline,
    )
    phases = PLANNING if context.planned else STATIC
    judgement = judged(context, policy.rules, policy.chosen, phases)
    return Checked(context, policy, judgement, diagnostics)


def save_context(checked: Checked, path: Path) -> None:
    """Write the context of a check to a file; raise UserError when it cannot be written."""
    try:
        path.write_text(write_context(checked.context, checked.policy.chosen, batchplan.__version__), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        detail = f'The context cannot be written to "{path}": {reason}.'
        raise UserError([Diagnostic(UNREADABLE_POLICY_FILE, detail)]) from None


def _checked(
    context: Context,
    policy: Policy,
    asked: Asked,
    folder: Path,
    phases: Collection[Phase],
    diagnostics: Diagnostics,
    *,
    gate: bool,
    later: Callable[[Verdict], bool] = never,
) -> Checked:
    _check_overrides(asked.overrides, policy)
    context = replace(
        context,
        suppressed=(*suppressed_in(context.subjects), *policy.blocks.suppressed),
        overrides=asked.overrides,
        mentions=policy.blocks.mentions,
        baseline=_baseline(asked, folder),
    )
    with without_garbage_collection():
        judgement = judged(context, policy.rules, policy.chosen, phases, gate=gate, later=later)
    return Checked(context, policy, judgement, diagnostics)


def _check_overrides(overrides: Sequence[Override], policy: Policy) -> None:
    """An override of no rule is a slip of the pen, and worth an error before anything is looked at."""
    known = {one.id for one in policy.rules}
    wrong = [one.rule for one in overrides if one.rule not in known]
    if wrong:
        raise UserError(
            [
                Diagnostic(UNKNOWN_RULE, f"-override {name}: there is no such rule.{did_you_mean(name, known)}")
                for name in wrong
            ]
        )


def _inputs(policy: Policy, phases: Collection[Phase]) -> frozenset[str]:
    """Return the datasets that the rules in force read; a policy block may read any."""
    made: set[str] = set()
    for one in policy.rules:
        if one.phase in phases and policy.chosen.settings[one.id].level is not Level.OFF:
            made.update(one.inputs)
            made.update(("quotas", "supported_images") if one.each is not None else ())
    return frozenset(made)


def _settings(session: Session, planned: Planned) -> Mapping[str, Any]:
    operation = "destroy" if planned.options.destroy else "plan"
    return {
        **session.client,
        "operation": operation,
        "emulated": session.emulated,
        "endpoint_suffix": session.endpoint_suffix,
        "partial": bool(planned.options.targets or planned.options.excludes),
    }


def _baseline(asked: Asked, folder: Path) -> tuple[Baselined, ...]:
    path = asked.baseline if asked.baseline is not None else folder / BASELINE
    if asked.baseline is None and not path.exists():
        return ()
    try:
        return read_baseline(path.read_bytes())
    except OSError as error:
        raise _unreadable("baseline", path, (error.strerror or str(error)).lower()) from None
    except ValueError as error:
        raise _unreadable("baseline", path, f"it is no baseline ({str(error).splitlines()[0]})") from None


def _unreadable(what: str, path: Path, reason: str) -> UserError:
    return UserError([Diagnostic(UNREADABLE_POLICY_FILE, f'The {what} "{path}" cannot be read: {reason}.')])


def refuse(judgement: Judgement) -> None:
    """Raise PolicyRefused when something stops an apply; nothing has been done then."""
    found = [*map(_refusal, judgement.refusing[:SHOWN]), *map(_undecided, judgement.undecided_hard[:SHOWN])]
    more = max(0, len(judgement.refusing) - SHOWN) + max(0, len(judgement.undecided_hard) - SHOWN)
    if more:
        found.append(Diagnostic(POLICY_REFUSED, f"and {more} more: batchplan policy check"))
    if found:
        raise PolicyRefused(found)


def _refusal(one: Judged) -> Diagnostic:
    return Diagnostic(POLICY_REFUSED, refusal(one, " Nothing was changed."), address=one.address or None)


def refusal(one: Judged, and_so: str = "") -> str:
    """Return what a finding that stops an apply is, what to do, and how it can be accepted."""
    place = f" ({one.place})" if one.place is not None else ""
    lines = [f"{one.rule.id} {one.finding.message.rstrip('.')}{place}.{and_so}"]
    if one.finding.remediation:
        lines.append(f"Next: {one.finding.remediation}")
    if one.verdict.level is Level.SOFT:
        lines.append(f'Or accept it once, on the record: -override {one.rule.id} -reason "why this is acceptable"')
    lines.append(f"Why: batchplan policy explain {one.rule.id}")
    return "\n".join(lines)


def _undecided(one: Verdict) -> Diagnostic:
    detail = (
        f"{one.rule.id} {one.rule.title}: it cannot be told, because {one.reason} is known only after apply, and the "
        "rule is hard. Nothing was changed.\nNext: apply what the value depends on first (-target), or write it out."
    )
    return Diagnostic(POLICY_REFUSED, detail, address=one.address or None)


def override_records(overridden: Iterable[Judged], when: datetime) -> tuple[OverrideRecord, ...]:
    """Return who has overridden what, and why, for the state: a record a rule."""
    used = {one.rule.id: one.because for one in overridden}
    name = user_name()
    return tuple(OverrideRecord(rule=rule, reason=reason, who=name, when=when) for rule, reason in used.items())


async def record_overrides(session: Session, planned: Planned, judgement: Judgement) -> Planned:
    """Write the overrides that were needed into a journal and into the state, before anything is done.

    Returns the plan over the state with them. Overrides that no finding needed leave no trace.
    """
    needed = [one for one in judgement.findings if one.status is Status.OVERRIDDEN]
    if not needed:
        return planned
    now = session.clock.now()
    records = override_records(needed, now)
    run = f"{now:%Y%m%dt%H%M%S}-{uuid.uuid4().hex[:8]}"
    for one in records:
        await session.store.append_journal(run, entry_json(_journal_entry(one, now)))
    state = planned.state.model_copy(
        update={"overrides": (*planned.state.overrides, *records), "serial": planned.state.serial + 1}
    )
    await session.store.write(state)
    await session.store.close_journal(run)
    return replace(planned, state=state)


def _journal_entry(one: OverrideRecord, now: datetime) -> Entry:
    message = f"{one.rule} overridden by {one.who}: {one.reason}"
    address = Address((), "policy", one.rule)
    return Entry("done", f"override {one.rule}", "none", address, Remote("policy", "", one.rule), now, message=message)
