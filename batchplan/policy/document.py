"""A context as a JSON document, so that a verdict can be had again elsewhere, or on another day.

A secret is not in it, only that there is one; no rule has looked at it either.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Cause, FieldChange
from batchplan.policy.context import (
    Baselined,
    Context,
    Generation,
    Mention,
    Override,
    PlannedStep,
    StateSummary,
    Suppressed,
)
from batchplan.policy.live import Dataset, Live
from batchplan.policy.model import Level, Setting, Severity
from batchplan.policy.sets import Chosen
from batchplan.policy.subject import Place, Subject, steps_of
from batchplan.schema.document import UNKNOWN, Secret, path_text

FORMAT_VERSION: Literal[1] = 1

Json = dict[str, Any]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RemoteText(_Record):
    """An object in Azure."""

    kind: str
    account_id: str
    name: str
    version: str = ""


class FieldText(_Record):
    """A field that differs."""

    path: list[str | int]
    before: Any = None
    after: Any = None
    observed: Any = None
    mutability: str
    why: str = ""
    cause: str
    deferred: bool = False


class SubjectText(_Record):
    """An object. `places`: by path the line, column, end line and end column in `file`; a path without a place of its
    own stands where the one around it does."""

    kind: str
    address: str
    document: Any
    remote: RemoteText | None = None
    action: str | None = None
    before: Any = None
    fields: list[FieldText] = Field(default_factory=list)
    strategy: str | None = None
    replaced_by: RemoteText | None = None
    observed: Any = None
    facts: Json = Field(default_factory=dict)
    prevent_destroy: bool = False
    file: str = ""
    places: dict[str, tuple[int, int, int, int]] = Field(default_factory=dict)


class StepText(_Record):
    """A step."""

    type: str
    id: str
    address: str
    remote: RemoteText
    needs: list[str] = Field(default_factory=list)
    parts: Json = Field(default_factory=dict)


class DatasetText(_Record):
    """Live facts: rows by key, and when they were read."""

    at: datetime
    rows: Json


class SettingText(_Record):
    """How a rule is applied."""

    level: str
    severity: str | None = None
    params: Json = Field(default_factory=dict)


class ChosenText(_Record):
    """The policy set that was in force."""

    name: str
    blocks_from: str
    settings: dict[str, SettingText]


class ContextDocument(_Record):
    """All that a check has looked at."""

    format_version: Literal[1] = FORMAT_VERSION
    batchplan_version: str
    as_of: date
    made_at: datetime | None = None
    planned: bool = False
    policy: ChosenText
    subjects: list[SubjectText] = Field(default_factory=list)
    steps: list[StepText] = Field(default_factory=list)
    live: dict[str, DatasetText] = Field(default_factory=dict)
    state: Json = Field(default_factory=dict)
    suppressed: list[Json] = Field(default_factory=list)
    overrides: list[Json] = Field(default_factory=list)
    mentions: list[Json] = Field(default_factory=list)
    baseline: list[Json] = Field(default_factory=list)
    settings: Json = Field(default_factory=dict)


def write_context(context: Context, chosen: Chosen, version: str) -> str:
    """Return a context, and the policy set in force, as text."""
    document = ContextDocument(
        batchplan_version=version,
        as_of=context.as_of,
        made_at=context.made_at,
        planned=context.planned,
        policy=ChosenText(
            name=chosen.name,
            blocks_from=chosen.blocks_from.word,
            settings={
                name: SettingText(
                    level=one.level.word,
                    severity=one.severity.word if one.severity is not None else None,
                    params=dict(one.params),
                )
                for name, one in chosen.settings.items()
            },
        ),
        subjects=[_subject_text(one) for one in context.subjects],
        steps=[_step_text(one) for one in context.steps],
        live={name: DatasetText(at=one.at, rows=_open(one.rows)) for name, one in context.live.datasets.items()},
        state=_open(asdict(context.state)),
        suppressed=[_open(asdict(one)) for one in context.suppressed],
        overrides=[_open(asdict(one)) for one in context.overrides],
        mentions=[_open(asdict(one)) for one in context.mentions],
        baseline=[_open(asdict(one)) for one in context.baseline],
        settings=_open(context.settings),
    )
    return document.model_dump_json(indent=1, exclude_defaults=True) + "\n"


def read_context(text: str | bytes) -> tuple[Context, Chosen]:
    """Return a context and the policy set in force when it was made; raise ValueError for another document."""
    found = ContextDocument.model_validate_json(text)
    context = Context(
        subjects=tuple(map(_subject, found.subjects)),
        as_of=found.as_of,
        made_at=found.made_at,
        steps=tuple(
            PlannedStep(one.type, one.id, one.address, _remote(one.remote), tuple(one.needs), one.parts)
            for one in found.steps
        ),
        live=Live({name: Dataset(one.at, one.rows) for name, one in found.live.items()}),
        state=_state(found.state),
        suppressed=tuple(Suppressed(**_placed(one)) for one in found.suppressed),
        overrides=tuple(Override(**one) for one in found.overrides),
        mentions=tuple(Mention(**_placed(one)) for one in found.mentions),
        baseline=tuple(Baselined(**one) for one in found.baseline),
        settings=found.settings,
        planned=found.planned,
    )
    return context, Chosen(
        found.policy.name,
        Severity[found.policy.blocks_from.upper()],
        {name: _setting(one) for name, one in found.policy.settings.items()},
    )


def _setting(one: SettingText) -> Setting:
    params = {name: tuple(value) if isinstance(value, list) else value for name, value in one.params.items()}
    return Setting(Level[one.level.upper()], Severity[one.severity.upper()] if one.severity else None, params)


def _open(node: Any) -> Any:
    """Return plain data; what is not known and what is secret as markers."""
    if node is UNKNOWN:
        return {"$unknown": True}
    if isinstance(node, Secret):
        return {"$secret": True}
    if isinstance(node, Mapping):
        return {"$secret": True} if set(node) == {"$secret"} else {str(key): _open(part) for key, part in node.items()}
    if isinstance(node, (list, tuple)):
        return [_open(part) for part in node]
    if isinstance(node, (datetime, date)):
        return node.isoformat()
    return node


def _close(node: Any) -> Any:
    """Return data with markers turned back; what a secret held is gone."""
    if isinstance(node, dict):
        if node == {"$unknown": True}:
            return UNKNOWN
        return Secret("") if node == {"$secret": True} else {name: _close(part) for name, part in node.items()}
    return [_close(part) for part in node] if isinstance(node, list) else node


def _remote_text(remote: Remote | None) -> RemoteText | None:
    return RemoteText(**asdict(remote)) if remote is not None else None


def _remote(text: RemoteText) -> Remote:
    return Remote(text.kind, text.account_id, text.name, text.version)


def _step_text(one: PlannedStep) -> StepText:
    remote = RemoteText(**asdict(one.remote))
    needs, parts = list(one.needs), _open(one.parts)
    return StepText(type=one.type, id=one.id, address=one.address, remote=remote, needs=needs, parts=parts)


def _subject_text(one: Subject) -> SubjectText:
    whole = one.place()
    return SubjectText(
        kind=one.kind,
        address=str(one.address),
        document=_open(one.node),
        remote=_remote_text(one.remote),
        action=one.action.name.lower() if one.action is not None else None,
        before=_open(one.before),
        fields=[
            FieldText(
                path=list(field.path),
                before=_open(field.before),
                after=_open(field.after),
                observed=_open(field.observed),
                mutability=field.mutability,
                why=field.why,
                cause=field.cause.name.lower(),
                deferred=field.deferred,
            )
            for field in one.fields
        ],
        strategy=one.strategy,
        replaced_by=_remote_text(one.replaced_by),
        observed=_open(one.observed),
        facts=_open(one.facts),
        prevent_destroy=one.prevent_destroy,
        file=whole.file if whole is not None else "",
        places=dict(_places(one)) if whole is not None else {},
    )


def _places(one: Subject) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    around: dict[str, Place | None] = {}
    for path in _paths(one.node):
        place = one.place(path)
        outer = around.get(path_text(steps_of(path)[:-1])) if path else None
        around[path] = place
        if place is not None and place != outer:
            yield path, (place.line, place.column, place.end_line, place.end_column)


def _paths(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    yield path_text(path)
    pairs = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, (list, tuple)) else ()
    for name, part in pairs:
        yield from _paths(part, (*path, name))


def _subject(text: SubjectText) -> Subject:
    return Subject(
        text.kind,
        _close(text.document),
        address=parse_address(text.address),
        remote=_remote(text.remote) if text.remote is not None else None,
        action=Action[text.action.upper()] if text.action is not None else None,
        before=_close(text.before),
        fields=tuple(map(_field, text.fields)),
        strategy=text.strategy,
        replaced_by=_remote(text.replaced_by) if text.replaced_by is not None else None,
        observed=_close(text.observed),
        facts=_close(text.facts),
        prevent_destroy=text.prevent_destroy,
        locate=_locator(text) if text.places else None,
    )


def _field(text: FieldText) -> FieldChange:
    before, after, observed = _close(text.before), _close(text.after), _close(text.observed)
    cause = Cause[text.cause.upper()]
    return FieldChange(
        tuple(text.path), before, after, observed, text.mutability, text.why, cause, deferred=text.deferred
    )


def _locator(text: SubjectText) -> Callable[[str], Place | None]:
    def locate(path: str) -> Place | None:
        steps = steps_of(path)
        for kept in range(len(steps), -1, -1):
            found = text.places.get(path_text(steps[:kept]))
            if found is not None:
                return Place(text.file, *found)
        return None

    return locate


def _state(data: Json) -> StateSummary:
    generations = tuple(
        Generation(one["address"], one["name"], _moment(one.get("created_at")), _moment(one.get("gone_at")))
        for one in data.get("generations", ())
    )
    rest = {name: value for name, value in data.items() if name != "generations"}
    return StateSummary(generations=generations, **rest)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _placed(data: Json) -> Json:
    place = data.get("place")
    return {**data, "place": Place(**place) if place else None}
