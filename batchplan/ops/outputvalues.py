"""Outputs of an evaluated configuration, as the state will record them, and against what it has."""

import json
from collections.abc import Mapping
from typing import Any

from batchplan.config.evaluate import Evaluated
from batchplan.lang import numbers
from batchplan.lang.numbers import BigFloat
from batchplan.lang.types import to_json
from batchplan.lang.values import (
    ListValue,
    MapValue,
    ObjectValue,
    SetValue,
    TupleValue,
    Value,
    type_of,
    unmark_deep,
    wholly_known,
)
from batchplan.plan.change import OutputChange
from batchplan.state.model import OutputRecord
from batchplan.state.secrets import keyed_hash, placeholder


def output_records(evaluated: Evaluated, key: str) -> dict[str, OutputRecord]:
    """Return the outputs whose values are known, as records; a sensitive one is a keyed hash."""
    made: dict[str, OutputRecord] = {}
    for name, output in evaluated.outputs.items():
        if not wholly_known(output.value):
            continue
        plain, _ = unmark_deep(output.value)
        data = as_data(plain)
        value = placeholder(keyed_hash(key, data)) if output.sensitive else data
        made[name] = OutputRecord(value=value, type=to_json(type_of(plain)), sensitive=output.sensitive)
    return made


def output_changes(
    before: Mapping[str, OutputRecord], after: Mapping[str, OutputRecord], evaluated: Evaluated, *, destroy: bool
) -> tuple[OutputChange, ...]:
    """Return each output before and after; one that is not known yet says so."""
    made = []
    for name in sorted({*before, *(() if destroy else evaluated.outputs)}):
        old = before[name].value if name in before else None
        declared = None if destroy else evaluated.outputs.get(name)
        known = declared is None or name in after
        new = after[name].value if name in after and not destroy else None
        sensitive = (declared is not None and declared.sensitive) or (name in before and before[name].sensitive)
        made.append(OutputChange(name, old, new, sensitive, known))
    return tuple(made)


def as_data(value: Value) -> Any:
    """Return a wholly known, unmarked value as JSON data; a number that a float cannot hold is its text."""
    match value:
        case ListValue(items=items) | SetValue(items=items) | TupleValue(items=items):
            return [as_data(item) for item in items]
        case ObjectValue(entries=entries) | MapValue(entries=entries):
            return {name: as_data(item) for name, item in entries.items()}
        case bool() | str():
            return value
        case int():
            return int(value)
        case BigFloat():
            text = numbers.to_text(value)
            near = json.loads(text) if text not in ("-0", "Inf", "-Inf") else 0
            return near if numbers.parse(repr(near)) == value else text
        case _:
            return None
