"""What a change of an autoscale formula means: what it says differently, and how many cores it can ask for.

Everything here is a function of documents and quotas. The formula language is loaded only when a formula is there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from batchplan.plan.change import Action, Cause, Change, Changes, Document, FieldChange, Path
from batchplan.plan.observation import Quotas
from batchplan.schema import sizes

if TYPE_CHECKING:
    from batchplan.autoscale.bounds import Bound, Bounds
    from batchplan.autoscale.diff import Change as Statement

WITH_FORMULAS = frozenset({"pool", "job", "job_schedule"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A formula in a document: where it stands, and the size of the nodes that it asks for."""

    path: Path
    text: str
    vm_size: str | None


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The most that one target can ask for, in cores; None where nothing limits it, or the size is not known.

    `quota` is how many cores the account may have of the sort, None where that is not known or not limited.
    `family` is empty for a quota that holds for all families together.
    """

    target: str
    bound: "Bound"
    cores: int | None
    family: str = ""
    quota: int | None = None

    @property
    def too_many(self) -> bool:
        """Whether the formula can ask for more than the account may have."""
        return self.quota is not None and self.cores is not None and self.cores > self.quota


@dataclass(frozen=True, slots=True)
class FormulaChange:
    """A formula before and after; `before` and `worst_before` are empty for a new one."""

    field: FieldChange | None
    path: Path
    statements: tuple["Statement", ...]
    worst_before: tuple[WorstCase, ...]
    worst: tuple[WorstCase, ...]


def formulas(document: Document | None) -> tuple[Placed, ...]:
    """Return the formulas of a document that can be read in it, its own before those of its backups."""
    found = _formulas(document or {}, (), None)
    return tuple(sorted(found, key=lambda one: "backup" in one.path))


def _formulas(node: Any, path: Path, vm_size: str | None) -> Iterator[Placed]:
    if isinstance(node, Mapping):
        named = node.get("vm_size")
        vm_size = named if isinstance(named, str) else vm_size
        for name, value in node.items():
            at = (*path, name)
            if isinstance(value, str):
                if _is_formula(at):
                    yield Placed(at, value, vm_size)
            else:
                yield from _formulas(value, at, vm_size)
    elif isinstance(node, (list, tuple)):
        for position, item in enumerate(node):
            yield from _formulas(item, (*path, position), vm_size)


def _is_formula(path: Path) -> bool:
    return path[-1] == "auto_scale_formula" or path[-2:] == ("auto_scale", "formula")


def cosmetic(change: Change) -> tuple[Path, ...]:
    """Return where two formulas differ in layout and comments only, so that the service is not told."""
    if change.remote.kind not in WITH_FORMULAS or not change.before or not change.after:
        return ()
    if change.before == change.after:
        return ()
    old = {one.path: one.text for one in formulas(change.before)}
    pairs = [(one.path, old[one.path], one.text) for one in formulas(change.after) if one.path in old]
    return tuple(path for path, before, after in pairs if before != after and _same(before, after))


def _same(before: str, after: str) -> bool:
    from batchplan.autoscale.diff import same

    return same(before, after)


def formula_changes(change: Change, quotas: Quotas | None = None) -> tuple[FormulaChange, ...]:
    """Return what is to be told of the formulas that are new or say something else."""
    if not _has_changes(change):
        return ()
    if change.action is Action.CREATE:
        return tuple(
            FormulaChange(None, one.path, (), (), worst_cases(one.text, one.vm_size, quotas))
            for one in formulas(change.after)
        )
    return tuple(_changed(change, one, quotas) for one in _fields(change))


def _changed(change: Change, one: FieldChange, quotas: Quotas | None) -> FormulaChange:
    from batchplan.autoscale.diff import diff

    old = one.observed if one.cause is Cause.DRIFT else one.before
    after = worst_cases(one.after, _size(change.after, one.path), quotas)
    if not isinstance(old, str):
        return FormulaChange(one, one.path, (), (), after)
    before = worst_cases(old, _size(change.before, one.path) or _size(change.after, one.path), quotas)
    return FormulaChange(one, one.path, diff(old, one.after).changes, before, after)


def _size(document: Document | None, path: Path) -> str | None:
    return next((one.vm_size for one in formulas(document) if one.path == path), None)


def accounts(found: Changes) -> tuple[str, ...]:
    """Return the accounts whose quotas say something about the formulas of a plan."""
    asked = (one.remote.account_id for one in found.objects if _has_changes(one))
    return tuple(dict.fromkeys(asked))


def _has_changes(change: Change) -> bool:
    if change.remote.kind not in WITH_FORMULAS or change.action in (Action.NOOP, Action.DELETE):
        return False
    return bool(formulas(change.after)) if change.action is Action.CREATE else bool(_fields(change))


def _fields(change: Change) -> list[FieldChange]:
    return [one for one in change.fields if len(one.path) > 1 and _is_formula(one.path) and isinstance(one.after, str)]


def worst_cases(text: str, vm_size: str | None, quotas: Quotas | None = None) -> tuple[WorstCase, ...]:
    """Return the most cores for each target that a formula sets."""
    return worst_of(_bounds(text), vm_size, quotas)


@lru_cache(maxsize=1024)
def _bounds(text: str) -> "Bounds":
    """Prove the bounds of a text once: many pools share a formula."""
    from batchplan.autoscale.bounds import bounds

    return bounds(text)


def worst_of(bounds: "Bounds", vm_size: str | None, quotas: Quotas | None = None) -> tuple[WorstCase, ...]:
    """Return the most cores for each target that is set within proved bounds."""
    size = sizes.size(vm_size) if vm_size else None
    made = []
    for (target, bound), dedicated in zip(bounds.items(), (True, False), strict=True):
        if bound.keeps:
            continue
        cores = None if size is None or bound.high is None else bound.high * size.cores
        quota, family = quota_of(size, quotas, dedicated=dedicated)
        made.append(WorstCase(target, bound, cores, family, quota))
    return tuple(made)


def quota_of(size: sizes.Size | None, quotas: Quotas | None, *, dedicated: bool) -> tuple[int | None, str]:
    """Return the cores that an account may have of a sort, and the family they are counted for."""
    family = size.family if size is not None else ""
    if quotas is None:
        return None, family if dedicated else ""
    if not dedicated:
        return quotas.low_priority_cores, ""
    if not quotas.by_family_enforced:
        return quotas.dedicated_cores, ""
    by_name = {name.lower(): (cores, name) for name, cores in quotas.cores_by_family.items()}
    named = family or (family_name(size.name) if size is not None else "")
    return by_name.get(named.lower(), (None, family))


_SIZE = re.compile(r"standard_([a-z]+)\d+(?:-\d+)?([a-z]*)_(v\d+)", re.IGNORECASE)


def family_name(size: str) -> str:
    """Return what a family is usually called, to look for it among those of an account: D4s_v5 is of DSv5."""
    found = _SIZE.fullmatch(size)
    return f"standard{found[1]}{found[2]}{found[3]}Family" if found else ""
