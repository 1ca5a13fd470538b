"""The schedule that stands ready in the account of a pool's backup."""

from collections.abc import Mapping
from typing import Any

from batchplan.schema.backup import OWN
from batchplan.schema.document import Document
from batchplan.schema.normal import key_of
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Nested, Shape


def merged_schedule(schedule: Mapping[str, Any], overrides: Mapping[str, Any]) -> Document:
    """Return a schedule's document with what is different in a backup: block by block, lists of names by name."""
    shape = KINDS["job_schedule"].shape
    own = {name: value for name, value in schedule.items() if name not in OWN}
    return _merged(shape, own, overrides)


def _merged(shape: Shape, base: Mapping[str, Any], overrides: Mapping[str, Any]) -> Document:
    made = dict(base)
    for name, value in overrides.items():
        member = shape.member(name)
        assert member is not None, f"a backup of a schedule has what a schedule has, not {name}"
        made[name] = _part(member, made.get(name), value)
    return made


def _part(member: Argument | Nested, base: Any, value: Any) -> Any:
    if base is None or isinstance(member, Argument):
        return value
    if member.nesting == "single" and isinstance(value, Mapping) and isinstance(base, Mapping):
        return _merged(member.shape, base, value)
    if len(member.fact.key) == 1 and isinstance(value, list) and isinstance(base, list):
        by_key = {key_of(member, one): one for one in base}
        return list((by_key | {key_of(member, one): one for one in value}).values())
    return value
