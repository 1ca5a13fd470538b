"""A plan as text: the answer first, then each change with its reason, the steps, the sum."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from batchplan.core.address import Address
from batchplan.plan.change import Action, Cause, Change, Changes, Drift, FieldChange, OutputChange
from batchplan.plan.step import Step
from batchplan.policy.judge import Judgement
from batchplan.report import formula, policy, rollout
from batchplan.report import parity as backups
from batchplan.report.warm import warm_segments
from batchplan.schema.document import UNKNOWN, Secret
from batchplan.state.model import OutputRecord

Segment = tuple[str, str]

Entry = tuple[str, str, str]
"""A symbol, its style and what the legend says."""

CREATE: Entry = ("+", "create", "create")
UPDATE: Entry = ("~", "update", "update in place")
EXCHANGE: Entry = ("+/-", "replace", "create the new one, move the work, then remove the old one")
RECREATE: Entry = ("-/+", "replace", "remove the old one, then create the new one")
DRAIN: Entry = ("-~+", "replace", "drain it, change it while it is empty, and fill it again")
DELETE: Entry = ("-", "delete", "destroy")
FORGET: Entry = (".", "dim", "forget: it is no longer managed, and not destroyed")
REFRESH: Entry = ("~", "dim", "refresh: the state takes over what is live")
ENTRIES = (CREATE, UPDATE, EXCHANGE, RECREATE, DRAIN, DELETE, FORGET, REFRESH)
"""In the order of the legend."""

WORDS = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in place",
    Action.DELETE: "will be destroyed",
}

PLURALS = {
    "account": "accounts",
    "application": "applications",
    "application_package": "packages",
    "pool": "pools",
    "job": "jobs",
    "job_schedule": "schedules",
}
PAST = {Action.CREATE: "created", Action.UPDATE: "changed", Action.REPLACE: "replaced", Action.DELETE: "destroyed"}

HIDDEN = "(sensitive value)"
LATER = "(known after apply)"
SAME = "What is live matches the configuration."


def headline(changes: Changes) -> str:
    """Return the answer: what happens to how many things of which kind."""
    counts: dict[Action, Counter[str]] = {}
    exchanged = any(map(rollout.is_rollout, changes.objects))
    for change in changes.objects:
        if not (change.is_quiet or (exchanged and _is_exchanged(change))):
            counts.setdefault(change.action, Counter())[change.remote.kind] += 1
    parts = [f"{listed_kinds(counts[action])} {PAST[action]}" for action in sorted(counts, reverse=True)]
    told = [*_exchanged(changes), *parts, *_in_state(changes, acting=bool(parts) or exchanged)]
    if counts or exchanged:
        return " · ".join(filter(None, [*told, rollout.tasks_text(changes)]))
    if told:
        return f"{' · '.join(told)}. {SAME if _is_same(changes) else 'In Azure nothing changes.'}"
    if any(output.before != output.after or not output.known for output in changes.outputs):
        return "Only outputs change."
    return f"No changes. {SAME}"


def _in_state(changes: Changes, *, acting: bool) -> Iterator[str]:
    """Yield what changes in the state alone; beside what is done in Azure, imports and moves are told further down."""
    kinds: dict[str, Counter[str]] = {word: Counter() for word in ("forgotten", "refreshed", "imported", "moved")}
    for one in changes.objects:
        if one.forgets or one.refreshes:
            kinds["forgotten" if one.forgets else "refreshed"][one.remote.kind] += 1
        elif one.action is Action.NOOP and not acting and (one.imported or one.moved_from is not None):
            kinds["imported" if one.imported else "moved"][one.remote.kind] += 1
    yield from (f"{listed_kinds(count)} {word}" for word, count in kinds.items() if count)


def _is_same(changes: Changes) -> bool:
    return not any(one.forgets or one.refreshes for one in changes.objects)


def _exchanged(changes: Changes) -> Iterator[str]:
    """Yield how many pools are exchanged, and what is pointed to the new ones."""
    pools = sum(map(rollout.is_rollout, changes.objects))
    if not pools:
        return
    yield f"{listed_kinds(Counter({'pool': pools}))} replaced blue-green"
    jobs, schedules, _, _ = rollout.moving(changes)
    moved = Counter(one.remote.kind for one in changes.objects if rollout.is_repointed(one))
    moved += Counter({"job_schedule": schedules, "job": jobs})
    if moved:
        yield f"{listed_kinds(moved)} re-pointed"


def _is_exchanged(change: Change) -> bool:
    return rollout.is_rollout(change) or rollout.is_repointed(change)


def listed_kinds(counts: Mapping[str, int], joint: str = " and ") -> str:
    """Return how many of which kinds there are, as in "2 pools and 1 schedule"."""
    words = [f"{count} {kind if count == 1 else PLURALS[kind]}".replace("_", " ") for kind, count in counts.items()]
    if joint != " and ":
        return joint.join(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def segments(changes: Changes, steps: Sequence[Step], judgement: Judgement | None = None) -> Iterator[Segment]:
    """Yield the pieces of a plan with their styles; with a judgement, what policy says stands beside and below."""
    yield "bold", headline(changes) + "\n"
    yield "", "".join(f"{line}\n" for line in rollout.needs_lines(changes))
    yield from warm_segments(changes.warm, changes.cooled)
    yield from drift_segments(changes.drift)
    acting = [change for change in changes.objects if change.action is not Action.NOOP]
    if acting:
        yield "", "\nActions:\n"
        used = set(map(_entry, acting))
        for symbol, style, meaning in ENTRIES:
            if (symbol, style, meaning) in used:
                yield style, f"  {symbol:<3}"
                yield "", f" {meaning}\n"
    own, open_about = _told_of(steps), policy.by_object(judgement)
    for change in acting:
        yield "", "\n"
        yield from policy.beside(open_about.get(str(change.address), ()))
        yield from _change(change, own.get(change.address, []), changes)
    yield from _quiet(changes)
    yield from backups.segments(changes.parity, changes.regional, dict(changes.active))
    yield from _outputs(changes.outputs)
    yield from policy.section(judgement, acting=bool(acting))
    if acting or any(change.imported for change in changes.objects):
        yield "", "\n"
        yield "bold", f"Plan: {totals(changes)}\n"


def owner(address: Address) -> Address:
    """Return the address under which a step is told: a retired pool's steps belong to its successor."""
    return address.successor or address


def _told_of(steps: Iterable[Step]) -> Mapping[Address, list[Step]]:
    """Return the steps by the addresses that they are told under; of a part, such as a candidate, its own as well."""
    found: dict[Address, list[Step]] = defaultdict(list)
    for step in steps:
        for address in dict.fromkeys((step.address, owner(step.address))):
            found[address].append(step)
    return found


def totals(changes: Changes) -> str:
    """Return the footer's numbers."""
    count = Counter(change.action for change in changes.objects if not change.is_quiet)
    quiet = "".join(f", {number} to {word}" for number, word in _quiet_counts(changes, "forget", "refresh"))
    replaced = f"{count[Action.REPLACE]} to replace, " if count[Action.REPLACE] else ""
    imported = sum(change.imported for change in changes.objects)
    first = f"{imported} to import, " if imported else ""
    return (
        f"{first}{replaced}{count[Action.CREATE]} to create, "
        f"{count[Action.UPDATE]} to change, {count[Action.DELETE]} to destroy{quiet}."
    )


def _quiet_counts(changes: Changes, forget: str, refresh: str) -> Iterator[tuple[int, str]]:
    forgotten = sum(one.forgets for one in changes.objects)
    refreshed = sum(one.refreshes for one in changes.objects)
    yield from ((number, word) for number, word in ((forgotten, forget), (refreshed, refresh)) if number)


def drift_segments(drift: Iterable[Drift]) -> Iterator[Segment]:
    """Yield what was changed outside, with styles."""
    for at, one in enumerate(drift):
        if at == 0:
            yield "", "\nChanged outside of batchplan since the last apply:\n"
        yield "", "\n"
        if one.gone:
            yield "bold", f"  # {one.address} has been deleted\n"
            continue
        yield "bold", f"  # {one.address} has changed\n"
        for field in one.fields:
            yield "update", "  ~ "
            yield "", f"{path_text(field.path)} = {_value(field.before)} -> {_value(field.observed)}\n"


def drift_json(drift: Iterable[Drift]) -> list[dict[str, Any]]:
    """Return what was changed outside as JSON data, secrets hidden."""
    return [
        {
            "address": str(one.address),
            "id": one.remote.id,
            "gone": one.gone,
            "fields": [
                {
                    "path": path_text(field.path),
                    "before": HIDDEN if field.sensitive else _shown(field.before),
                    "observed": HIDDEN if field.sensitive else _shown(field.observed),
                }
                for field in one.fields
            ],
        }
        for one in drift
    ]


def _change(change: Change, steps: Sequence[Step], changes: Changes) -> Iterator[Segment]:
    quotas = changes.quotas.get(change.remote.account_id.lower())
    yield "bold", f"  # {change.address} {_headline_of(change)}\n"
    if change.moved_from is not None:
        yield "", f"  # (moved from {change.moved_from})\n"
    for note in change.notes:
        yield "", f"  # {note}\n"
    for note in rollout.about(change, changes) if change.rollout is not None else ():
        yield "", f"  # {note}\n"
    symbol, style, _ = _entry(change)
    indent = " " * max(2, 4 - len(symbol))
    yield style, f"{indent if len(symbol) < 3 else ''}{symbol} "
    yield "", f'{change.address.kind} "{change.address.name}" {{\n'
    if change.action in (Action.CREATE, Action.DELETE):
        document = change.after if change.action is Action.CREATE else change.before
        yield from _document(document or {}, symbol, style, 6)
    else:
        told = formula.told(change)
        yield from _fields(_sided(one, change) for one in change.fields if one.path not in told)
    yield from formula.segments(change, quotas)
    hidden = _unchanged(change) if change.action not in (Action.CREATE, Action.DELETE) else 0
    if hidden:
        yield "dim", f"        # ({hidden} unchanged hidden)\n"
    if len(steps) > 1:
        yield from rollout.steps(change, steps)
    yield "", "    }\n"


def _entry(change: Change) -> Entry:
    if change.forgets or change.refreshes:
        return FORGET if change.forgets else REFRESH
    if change.action is Action.REPLACE:
        return {"recreate": RECREATE, "drain_and_patch": DRAIN}.get(change.strategy or "", EXCHANGE)
    return {Action.CREATE: CREATE, Action.DELETE: DELETE}.get(change.action, UPDATE)


def _headline_of(change: Change) -> str:
    if change.imported and change.action is Action.NOOP:
        return "will be imported"
    if change.forgets:
        return "will be forgotten"
    if change.refreshes:
        return "will be refreshed: the state takes over what is live"
    if change.action is not Action.REPLACE:
        cause = f" ({change.cause})" if change.cause in (Cause.DRIFT, Cause.UNVERIFIED) else ""
        return WORDS[change.action] + cause
    strategy = f" ({change.strategy.replace('_', '-')})" if change.strategy else ""
    worst = next((field for field in change.fields if field.mutability in ("create", "empty")), None)
    if worst is not None:
        return f"must be replaced{strategy}: {path_text(worst.path)}: {worst.why}"
    return f"will be replaced{strategy}" + (f": {change.cause}" if change.cause else "")


def _unchanged(change: Change) -> int:
    touched = {field.path[0] for field in change.fields if field.path}
    return len([name for name in (change.after or {}) if name not in touched])


def _document(document: Mapping[str, Any], symbol: str, style: str, indent: int) -> Iterator[Segment]:
    plain = {name: value for name, value in document.items() if not _is_block(value)}
    width = max(map(len, plain), default=0)
    for name, value in plain.items():
        yield style, f"{' ' * indent}{symbol} "
        yield "", f"{name:<{width}} = {_value(value)}\n"
    for name, value in document.items():
        if not _is_block(value):
            continue
        for label, inner in _blocks(value):
            yield style, f"{' ' * indent}{symbol} "
            yield "", f"{name}{label} {{\n"
            yield from _document(inner, symbol, style, indent + 4)
            yield "", f"{' ' * (indent + 2)}}}\n"


def _is_block(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _blocks(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield "", value
    else:
        for item in value:
            yield "", item


def _fields(fields: Iterable[FieldChange]) -> Iterator[Segment]:
    listed = list(fields)
    width = max((len(path_text(field.path)) for field in listed), default=0)
    for field in listed:
        symbol, style = _sign(field)
        note = f"   # {_note(field)}" if _note(field) else ""
        yield style, f"      {symbol} "
        before, after = (HIDDEN, HIDDEN) if field.sensitive else (_value(field.before), _value(field.after))
        if symbol == "+":
            yield "", f"{path_text(field.path):<{width}} = {after}"
        elif symbol == "-":
            yield "", f"{path_text(field.path):<{width}} = {before} -> null"
        else:
            yield "", f"{path_text(field.path):<{width}} = {before} -> {after}"
        yield "dim", f"{note}\n"


def _sided(field: FieldChange, change: Change) -> FieldChange:
    """Return a field with what is live as the side that it comes from, or, for a refresh, goes to."""
    if change.refreshes:
        return replace(field, after=field.observed, cause=Cause.CONFIG)
    return replace(field, before=field.observed) if field.cause is Cause.DRIFT else field


def _sign(field: FieldChange) -> tuple[str, str]:
    if field.before is None and field.after is not None:
        return "+", "create"
    if field.after is None:
        return "-", "delete"
    return "~", "update"


def _note(field: FieldChange) -> str:
    parts = []
    if field.deferred:
        parts.append("with the next replacement")
    elif field.mutability not in ("live", "action"):
        parts.append(field.mutability)
    if field.cause is Cause.DRIFT:
        parts.append("changed outside")
    if field.at is not None and parts:
        parts.append(str(field.at))
    return ": ".join(parts)


def _quiet(changes: Changes) -> Iterator[Segment]:
    """Objects on which nothing is done in Azure, but something in the state; and formulas laid out anew."""
    for change in changes.objects:
        yield from formula.cosmetic_segments(change)
        if change.action is not Action.NOOP:
            continue
        for note in change.notes:
            yield "bold", f"\n  # {change.address}: {note}\n"
        if change.imported:
            yield "bold", f"\n  # {change.address} will be imported\n"
        elif change.moved_from is not None:
            yield "bold", f"\n  # {change.moved_from} has moved to {change.address}\n"
        for field in change.fields:
            if field.deferred:
                yield "dim", f"\n  # {change.address}: {path_text(field.path)} changes with the next replacement\n"


def _outputs(outputs: Iterable[OutputChange]) -> Iterator[Segment]:
    changed = [one for one in outputs if one.before != one.after or not one.known]
    if not changed:
        return
    yield "", "\nChanges to outputs:\n"
    for one in changed:
        after = HIDDEN if one.sensitive else LATER if not one.known else _value(one.after)
        before = HIDDEN if one.sensitive else _value(one.before)
        if one.before is None:
            yield "create", "  + "
            yield "", f"{one.name} = {after}\n"
        elif one.after is None and one.known:
            yield "delete", "  - "
            yield "", f"{one.name} = {before} -> null\n"
        else:
            yield "update", "  ~ "
            yield "", f"{one.name} = {before} -> {after}\n"


def path_text(path: Sequence[str | int]) -> str:
    """Return a path as a person writes it: `start_task.command_line`, `metadata[0].value`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _value(value: Any) -> str:
    if value is UNKNOWN:
        return LATER
    if isinstance(value, Secret) or (isinstance(value, Mapping) and set(value) == {"$secret"}):
        return HIDDEN
    if value is None:
        return "null"
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(_shown(value), ensure_ascii=False)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _shown(value: Any) -> Any:
    if value is UNKNOWN:
        return LATER
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, Mapping):
        return {name: _shown(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(item) for item in value]
    return value


def text(changes: Changes, steps: Sequence[Step]) -> str:
    """Return a plan as plain text."""
    return "".join(part for _, part in segments(changes, steps))


def done_text(changes: Changes) -> str:
    """Return that everything was done, with numbers."""
    count = Counter(change.action for change in changes.objects if not change.is_quiet)
    words = {Action.REPLACE: "replaced", Action.CREATE: "created", Action.UPDATE: "changed", Action.DELETE: "destroyed"}
    parts = [f"{count[action]} {word}" for action, word in words.items() if count[action]]
    parts += [f"{number} {word}" for number, word in _quiet_counts(changes, "forgotten", "refreshed")]
    imported = sum(one.imported for one in changes.objects)
    moved = sum(one.moved_from is not None for one in changes.objects)
    parts += [f"{number} {word}" for number, word in ((imported, "imported"), (moved, "moved")) if number]
    return f"Apply complete: {', '.join(parts) or 'the state is up to date'}."


def outputs_text(outputs: Mapping[str, OutputRecord]) -> str:
    """Return the outputs as lines, secrets hidden; empty without any."""
    if not outputs:
        return ""
    width = max(map(len, outputs))
    lines = [f"{name:<{width}} = {HIDDEN if one.sensitive else _value(one.value)}" for name, one in outputs.items()]
    return "Outputs:\n\n" + "\n".join(lines) + "\n"
