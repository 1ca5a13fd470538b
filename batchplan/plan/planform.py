"""The form of a plan file: records of a versioned document, and how a plan becomes them and comes back."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.core.source import Range, Source
from batchplan.plan import step as steps
from batchplan.plan.change import Action, Cause, Change, Changes, Drift, FieldChange, OutputChange, Rollout
from batchplan.plan.diff import sealed
from batchplan.plan.observation import JobAtWork, PoolUse, Quotas, TaskCounts, Work
from batchplan.plan.plan import Plan, Seen
from batchplan.plan.step import Step
from batchplan.schema.document import UNKNOWN

FORMAT_VERSION: Literal[1] = 1
_UNKNOWN = {"$unknown": True}
_TYPES: Mapping[str, type[Any]] = {
    name: found
    for name, found in vars(steps).items()
    if isinstance(found, type) and dataclasses.is_dataclass(found) and not name.startswith("_")
}
_COMMON = frozenset({"id", "address", "remote", "needs"})
_ADDRESSES = frozenset({"origin", "candidate", "retired"})
_REMOTES = frozenset({"copy", "follows", "source", "target"})
_MANY_REMOTES = frozenset({"elsewhere"})
_TUPLES = frozenset({"nodes", "instead_of", "owed"})
_LISTS_BY_NAME = frozenset({"asks"})


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RemoteText(_Record):
    """An object in Azure."""

    kind: str
    account_id: str
    name: str
    version: str = ""


class PlaceText(_Record):
    """Where something is written: the file and the line."""

    file: str
    line: int


class FieldText(_Record):
    """One field that differs."""

    path: list[str | int]
    before: Any = None
    after: Any = None
    observed: Any = None
    mutability: str
    why: str
    cause: str
    sensitive: bool = False
    deferred: bool = False
    at: PlaceText | None = None


class RolloutText(_Record):
    """Which pool takes over from which."""

    candidate: RemoteText
    previous: RemoteText
    there: bool = False
    promotes: bool = True
    phase: str = ""


class ChangeText(_Record):
    """What happens to one object."""

    address: str
    action: str
    remote: RemoteText
    before: Any = None
    after: Any = None
    fields: list[FieldText] = Field(default_factory=list)
    cause: str | None = None
    replaced_by: RemoteText | None = None
    strategy: str | None = None
    imported: bool = False
    moved_from: str | None = None
    notes: list[str] = Field(default_factory=list)
    enabled: bool | None = None
    rollout: RolloutText | None = None


class DriftText(_Record):
    """What was changed outside of batchplan on one object."""

    address: str
    remote: RemoteText
    fields: list[FieldText] = Field(default_factory=list)
    gone: bool = False


class OutputText(_Record):
    """A root output before and after."""

    name: str
    before: Any = None
    after: Any = None
    sensitive: bool = False
    known: bool = True


class StepText(_Record):
    """One step; `parts` is what only its type has."""

    type: str
    id: str
    address: str
    remote: RemoteText
    needs: list[str] = Field(default_factory=list)
    parts: dict[str, Any] = Field(default_factory=dict)


class SeenText(_Record):
    """An object as it was when planned."""

    address: str
    remote: RemoteText
    document: Any = None
    etag: str | None = None


class QuotasText(_Record):
    """What an account may use, as it was when planned."""

    dedicated_cores: int | None
    low_priority_cores: int | None
    cores_by_family: dict[str, int]
    by_family_enforced: bool
    pools: int
    active_jobs_and_schedules: int


class PlanDocument(_Record):
    """The plan file."""

    format_version: Literal[1] = FORMAT_VERSION
    batchplan_version: str
    created_at: datetime
    workspace: str
    lineage: str
    serial: int
    inputs: dict[str, str] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)
    changes: list[ChangeText] = Field(default_factory=list)
    drift: list[DriftText] = Field(default_factory=list)
    output_changes: list[OutputText] = Field(default_factory=list)
    unchanged: int = 0
    needs: dict[str, list[str]] = Field(default_factory=dict)
    steps: list[StepText] = Field(default_factory=list)
    seen: list[SeenText] = Field(default_factory=list)
    outputs: dict[str, Any] = Field(default_factory=dict)
    quotas: dict[str, QuotasText] = Field(default_factory=dict)
    pools: dict[str, list[Any]] = Field(default_factory=dict, description="of accounts: what their pools take")
    work: list[tuple[RemoteText, Any]] = Field(default_factory=list, description="what names a pool that loses it")


@dataclasses.dataclass(frozen=True, slots=True)
class Writer:
    """Turns the parts of a plan into records. `key` is that of the keyed hashes which stand for secrets."""

    key: str

    def document(self, plan: Plan) -> PlanDocument:
        """Return the whole."""
        found = plan.changes
        return PlanDocument(
            batchplan_version=plan.version,
            created_at=plan.created_at,
            workspace=plan.workspace,
            lineage=plan.lineage,
            serial=plan.serial,
            inputs=dict(plan.inputs),
            options=self.value(dict(plan.options)),
            changes=[self.change(one) for one in found.objects],
            drift=[
                DriftText(
                    address=str(one.address),
                    remote=_remote_text(one.remote),
                    fields=[self.field(each) for each in one.fields],
                    gone=one.gone,
                )
                for one in found.drift
            ],
            output_changes=[
                OutputText(
                    name=one.name,
                    before=self.value(one.before),
                    after=self.value(one.after),
                    sensitive=one.sensitive,
                    known=one.known,
                )
                for one in found.outputs
            ],
            unchanged=found.unchanged,
            needs={str(address): [str(one) for one in needs] for address, needs in found.needs.items()},
            steps=[self.step(one) for one in plan.steps],
            seen=[
                SeenText(
                    address=str(one.address),
                    remote=_remote_text(one.remote),
                    document=self.value(one.document),
                    etag=one.etag,
                )
                for one in plan.seen
            ],
            outputs=self.value(dict(plan.outputs)),
            quotas={name: QuotasText(**dataclasses.asdict(one)) for name, one in found.quotas.items()},
            pools={name: [dataclasses.asdict(one) for one in listed] for name, listed in found.pools.items()},
            work=[(_remote_text(Remote(*key)), dataclasses.asdict(one)) for key, one in found.work.items()],
        )

    def change(self, change: Change) -> ChangeText:
        """Return the record of a change."""
        return ChangeText(
            address=str(change.address),
            action=change.action.name.lower(),
            remote=_remote_text(change.remote),
            before=self.value(change.before),
            after=self.value(change.after),
            fields=[self.field(one) for one in change.fields],
            cause=change.cause.name.lower() if change.cause is not None else None,
            replaced_by=_remote_text(change.replaced_by) if change.replaced_by is not None else None,
            strategy=change.strategy,
            imported=change.imported,
            moved_from=str(change.moved_from) if change.moved_from is not None else None,
            notes=list(change.notes),
            enabled=change.enabled,
            rollout=_rollout_text(change.rollout) if change.rollout is not None else None,
        )

    def field(self, one: FieldChange) -> FieldText:
        """Return the record of a field."""
        return FieldText(
            path=list(one.path),
            before=self.value(one.before),
            after=self.value(one.after),
            observed=self.value(one.observed),
            mutability=one.mutability,
            why=one.why,
            cause=one.cause.name.lower(),
            sensitive=one.sensitive,
            deferred=one.deferred,
            at=PlaceText(file=one.at.source.name, line=one.at.first.line) if one.at is not None else None,
        )

    def step(self, step: Step) -> StepText:
        """Return the record of a step."""
        own = [one.name for one in dataclasses.fields(step) if one.name not in _COMMON]
        parts = {name: self._part(name, getattr(step, name)) for name in own if name != "instead_of" or step.instead_of}
        return StepText(
            type=type(step).__name__,
            id=step.id,
            address=str(step.address),
            remote=_remote_text(step.remote),
            needs=list(step.needs),
            parts=parts,
        )

    def _part(self, name: str, value: Any) -> Any:
        if name in _ADDRESSES:
            return str(value)
        if name in _REMOTES and value is not None:
            return _remote_text(value).model_dump()
        if name in _MANY_REMOTES:
            return [_remote_text(one).model_dump() for one in value]
        return self.value(value)

    def value(self, value: Any) -> Any:
        """Return JSON data for a value: hashes for secrets, a mark for what is not known."""
        return _marked(sealed(value, self.key))


def _marked(node: Any) -> Any:
    if node is UNKNOWN:
        return _UNKNOWN
    if isinstance(node, Mapping):
        return {name: _marked(part) for name, part in node.items()}
    if isinstance(node, (list, tuple)):
        return [_marked(part) for part in node]
    return node


def _unmarked(node: Any) -> Any:
    if node == _UNKNOWN:
        return UNKNOWN
    if isinstance(node, dict):
        return {name: _unmarked(part) for name, part in node.items()}
    if isinstance(node, list):
        return [_unmarked(part) for part in node]
    return node


def _remote_text(remote: Remote) -> RemoteText:
    return RemoteText(kind=remote.kind, account_id=remote.account_id, name=remote.name, version=remote.version)


def _rollout_text(one: Rollout) -> RolloutText:
    return RolloutText(
        candidate=_remote_text(one.candidate),
        previous=_remote_text(one.previous),
        there=one.there,
        promotes=one.promotes,
        phase=one.phase,
    )


def _rollout(found: RolloutText) -> Rollout:
    return Rollout(_remote(found.candidate), _remote(found.previous), found.there, found.promotes, found.phase)


def plan_of(found: PlanDocument) -> Plan:
    """Return the plan that a document holds. Raise AddressError, KeyError or TypeError when it is damaged."""
    changes = Changes(
        objects=tuple(map(_change, found.changes)),
        drift=tuple(
            Drift(parse_address(one.address), _remote(one.remote), tuple(map(_field, one.fields)), one.gone)
            for one in found.drift
        ),
        outputs=tuple(
            OutputChange(one.name, _unmarked(one.before), _unmarked(one.after), one.sensitive, one.known)
            for one in found.output_changes
        ),
        unchanged=found.unchanged,
        needs={parse_address(name): tuple(map(parse_address, needs)) for name, needs in found.needs.items()},
        quotas={name: Quotas(**one.model_dump()) for name, one in found.quotas.items()},
        pools={name: tuple(PoolUse(**one) for one in listed) for name, listed in found.pools.items()},
        work={_remote(pool).key: _work(one) for pool, one in found.work},
    )
    return Plan(
        changes=changes,
        steps=tuple(map(_step, found.steps)),
        lineage=found.lineage,
        serial=found.serial,
        created_at=found.created_at,
        workspace=found.workspace,
        version=found.batchplan_version,
        inputs=found.inputs,
        seen=tuple(
            Seen(parse_address(one.address), _remote(one.remote), _unmarked(one.document), one.etag)
            for one in found.seen
        ),
        options=_unmarked(found.options),
        outputs=_unmarked(found.outputs),
    )


def _work(found: Mapping[str, Any]) -> Work:
    return Work(
        jobs=tuple(
            JobAtWork(Remote(**one["remote"]), one["state"], TaskCounts(**one["counts"]), one["schedule"])
            for one in found["jobs"]
        ),
        schedules=tuple(Remote(**one) for one in found["schedules"]),
        smoke_tests=tuple(Remote(**one) for one in found["smoke_tests"]),
        auto_pool_jobs=found["auto_pool_jobs"],
    )


def _change(found: ChangeText) -> Change:
    return Change(
        address=parse_address(found.address),
        action=Action[found.action.upper()],
        remote=_remote(found.remote),
        before=_unmarked(found.before),
        after=_unmarked(found.after),
        fields=tuple(map(_field, found.fields)),
        cause=Cause[found.cause.upper()] if found.cause else None,
        replaced_by=_remote(found.replaced_by) if found.replaced_by is not None else None,
        strategy=found.strategy,
        imported=found.imported,
        moved_from=parse_address(found.moved_from) if found.moved_from else None,
        notes=tuple(found.notes),
        enabled=found.enabled,
        rollout=_rollout(found.rollout) if found.rollout is not None else None,
    )


def _field(found: FieldText) -> FieldChange:
    return FieldChange(
        path=tuple(found.path),
        before=_unmarked(found.before),
        after=_unmarked(found.after),
        observed=_unmarked(found.observed),
        mutability=found.mutability,
        why=found.why,
        cause=Cause[found.cause.upper()],
        sensitive=found.sensitive,
        deferred=found.deferred,
        at=_place(found.at),
    )


def _place(found: PlaceText | None) -> Range | None:
    """Return a range that tells file and line; the text of the file is not in a plan."""
    if found is None:
        return None
    before = found.line - 1
    return Range(Source(found.file, "\n" * before), before, before)


def _remote(found: RemoteText) -> Remote:
    return Remote(found.kind, found.account_id, found.name, found.version)


def _step(found: StepText) -> Step:
    parts = {name: _part(name, value) for name, value in found.parts.items()}
    made: Step = _TYPES[found.type](
        id=found.id,
        address=parse_address(found.address),
        remote=_remote(found.remote),
        needs=tuple(found.needs),
        **parts,
    )
    return made


def _part(name: str, value: Any) -> Any:
    if name in _ADDRESSES:
        return parse_address(value)
    if name in _REMOTES and value is not None:
        return _remote(RemoteText.model_validate(value))
    if name in _MANY_REMOTES:
        return tuple(_remote(RemoteText.model_validate(one)) for one in value)
    if name in _LISTS_BY_NAME:
        return {key: tuple(listed) for key, listed in value.items()}
    return tuple(_unmarked(value)) if name in _TUPLES else _unmarked(value)
