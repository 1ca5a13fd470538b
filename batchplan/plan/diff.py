"""Desired, prior and observed compared, field by field.

A field that the configuration sets is compared with what is live; one that was applied and is no longer set is
taken back; one that was never set is Azure's. Both sides are brought to one form first: canonical values,
lists of blocks by their key. What cannot be read back is compared by keyed hash with what was last applied.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from batchplan.core.source import Range
from batchplan.plan.change import Cause, FieldChange
from batchplan.plan.unset import can_unset
from batchplan.schema.constraint import Constraint
from batchplan.schema.document import UNKNOWN, Path, Secret, path_text, reveal
from batchplan.schema.facts import Change, Plane
from batchplan.schema.normal import is_void
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Nested, Shape
from batchplan.state.secrets import MARK, is_placeholder, keyed_hash

OWN_METADATA = "batchplan:"
"""Metadata entries that batchplan writes for itself start with this."""

Ignored = Literal["all"] | tuple[Path, ...]
Document = Mapping[str, Any]
_ABSENT: Any = object()
_NOT_READABLE = "The service does not tell it, so it is compared with what was last applied."
_KEPT = "The service has no call that takes it back: a new object is made without it."


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared. `key` is that of the keyed hashes.

    `settled` says that nothing the object refers to changes, so that a value which is not known before apply
    is what it was. `prior` is None for an object that batchplan has not applied yet.
    """

    desired: Document
    prior: Document | None
    observed: Document
    key: str
    settled: bool = True
    ignore: Ignored = ()
    locate: Callable[[Path], Range] | None = None


def differences(kind: str, sides: Sides) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order of the schema."""
    if sides.ignore == "all":
        return ()
    walk = _Walk(kind, sides)
    walk.block(KINDS[kind].shape, (), (sides.desired, sides.prior or {}, sides.observed), Change.LIVE, "")
    paths = _differing(walk.seen, walk.wanted)
    return tuple(walk.found[path].as_change(sides) for path in walk.found if path in paths)


def drift(kind: str, prior: Document, observed: Document, key: str) -> tuple[FieldChange, ...]:
    """Return what was changed outside of batchplan since it was last applied."""
    return differences(kind, Sides(prior, prior, observed, key))


def unapplied(kind: str, applied: Document, observed: Document, key: str) -> list[str]:
    """Return the fields of a write that were accepted and are not so, as paths."""
    return [path_text(one.path) for one in drift(kind, applied, observed, key) if one.path[0] not in _ACTIONS]


_ACTIONS = frozenset({"fixed_scale", "auto_scale"})
"""Sizes are reached in time; a wait looks at them, not the reading back of a call."""


def _differing(seen: Mapping[Path, Any], wanted: Mapping[Path, Any]) -> set[Path]:
    """Return the paths at which two flat records differ. The library is loaded only when something does."""
    if seen == wanted:
        return set()
    from deepdiff import DeepDiff

    found = DeepDiff(seen, wanted, view="tree", threshold_to_diff_deeper=0, ignore_numeric_type_changes=True)
    return {item.path(output_format="list")[0] for items in found.values() for item in items}


@dataclass(frozen=True, slots=True)
class _Found:
    """One field of the three sides, and where it is in each."""

    path: Path
    values: tuple[Any, Any, Any]
    change: Change
    why: str
    sensitive: bool
    label: bool
    place: Path
    reset: Any = None

    def as_change(self, sides: Sides) -> FieldChange:
        """Return what is told of it."""
        desired, prior, observed = self.values
        hidden = [_hidden(value) if self.sensitive else value for value in (prior, desired, observed)]
        before, after, live = hidden
        return FieldChange(
            path=self.path,
            before=before if before is not None else live,
            after=self.reset if after is None else after,
            observed=live,
            mutability=self.change.word,
            why=self.why,
            cause=_cause(desired, prior, sides),
            sensitive=self.sensitive,
            deferred=self.label,
            at=sides.locate(self.place) if sides.locate is not None else None,
        )


def _hidden(value: Any) -> Any:
    return value if value is None or isinstance(value, Secret) or is_placeholder(value) else Secret(value)


def _cause(desired: Any, prior: Any, sides: Sides) -> Cause:
    if desired is None:
        return Cause.UNSET if prior is not None else Cause.DRIFT
    if prior is None:
        return Cause.CONFIG
    return Cause.DRIFT if sealed(desired, sides.key) == sealed(prior, sides.key) else Cause.CONFIG


def sealed(value: Any, key: str) -> Any:
    """Return a value with its secrets replaced by their keyed hashes, as the state keeps it."""
    if isinstance(value, Secret):
        return {MARK: keyed_hash(key, value.reveal())}
    if isinstance(value, Mapping):
        return {name: sealed(part, key) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [sealed(part, key) for part in value]
    return value


Three = tuple[Any, Any, Any]


@dataclass(slots=True)
class _Walk:
    """Goes through the three sides along the schema, and fills two flat records that can be compared."""

    kind: str
    sides: Sides
    seen: dict[Path, Any] = field(default_factory=dict)
    wanted: dict[Path, Any] = field(default_factory=dict)
    found: dict[Path, _Found] = field(default_factory=dict)

    @property
    def plane(self) -> Plane:
        """The API whose spelling both sides are brought to."""
        return KINDS[self.kind].plane

    def block(self, shape: Shape, path: Path, three: Three, change: Change, why: str, place: Path = ()) -> None:
        """Go through the members of a block that is there on the desired side."""
        desired, prior, observed = (side if isinstance(side, Mapping) else {} for side in three)
        given = desired.keys() | prior.keys()
        for member in shape.members():
            if member.name not in given:
                continue
            values = (desired.get(member.name), prior.get(member.name), observed.get(member.name))
            if values[0] is None and values[1] is None:
                continue
            if values[0] is not None and (
                values[0] == values[2] or (values[0] == values[1] and _is_within(member, values[0], values[2]))
            ):
                continue  # alike as they stand, which most are: no need to look inside
            at = (*path, member.name)
            fact = member.fact
            # What is inside of a schedule's specification is sent with it as a whole, whatever it costs a job.
            inner = change if fact.change is None or path[:1] == ("job_specification",) else fact.change
            spot = (*place, member.name)
            if not self._ignored(at):
                self._member(member, at, values, inner, fact.why or why, spot)

    def _ignored(self, path: Path) -> bool:
        return any(path[: len(one)] == one for one in self.sides.ignore)

    def _member(
        self, member: Argument | Nested, path: Path, three: Three, change: Change, why: str, place: Path
    ) -> None:
        if member.fact.local:
            self._local(member, path, three, change, why, place)
        elif isinstance(member, Argument):
            self._argument(member, path, three, change, why, place)
        elif three[0] is None or not three[0]:
            self._taken_back(member, path, three, change, why, place)
        elif member.nesting == "single":
            if is_void(member, three[0]) and (three[2] is None or is_void(member, three[2])):
                return
            self.block(member.shape, path, three, change, why, place)
        elif member.nesting == "list":
            self._items(member, path, three, change, why, place)

    def _local(
        self, member: Argument | Nested, path: Path, three: Three, change: Change, why: str, place: Path
    ) -> None:
        """A part of the address, or a file, differs from what was applied; batchplan's own settings never do."""
        desired, prior, _ = three
        counts = isinstance(member, Argument) and change in (Change.CREATE, Change.ACTION)
        if (
            not counts
            or self.sides.prior is None
            or (member.name == "source" and self.sides.desired.get("source_hash"))
        ):
            return
        default = member.fact.default
        seen = self._canonical(member, default if prior is None else prior)
        wanted = self._canonical(member, default if desired is None else desired)
        self._note(member, path, (desired, prior, prior), seen, wanted, change, why, place)

    def _items(self, member: Nested, path: Path, three: Three, change: Change, why: str, place: Path) -> None:
        """Go through a list of blocks: by key where there is one, by position otherwise."""
        by_key = [_by_key(member, side, self.plane) for side in three]
        positions = {key: at for at, key in enumerate(by_key[0])}
        for key in list(dict.fromkeys([*by_key[0], *by_key[1], *by_key[2]])):
            if member.name == "metadata" and str(key).startswith(OWN_METADATA):
                continue
            values = tuple(side.get(key) for side in by_key)
            at = (*path, key)
            if values[0] is not None:
                spot = (*place, positions[key])
                self.block(member.shape, at, (values[0], values[1], values[2]), change, why, spot)
                if values[2] is None and not any(one[: len(at)] == at for one in self.wanted):
                    self._note(member, at, (values[0], values[1], None), _ABSENT, {}, change, why, spot)
            elif values[2] is not None:
                extra = (None, values[1], values[2])
                self._note(member, at, extra, sealed(values[2], self.sides.key), _ABSENT, change, why, place)

    def _taken_back(
        self, member: Argument | Nested, path: Path, three: Three, change: Change, why: str, place: Path
    ) -> None:
        _, prior, observed = three
        default = member.fact.default if isinstance(member, Argument) else None
        if prior is None or not prior:
            return
        if not member.fact.readable:
            observed = prior
        live = self._canonical(member, observed) if isinstance(member, Argument) else observed
        if _is_nothing(live) or (default is not None and live == self._canonical(member, default)):
            return
        if member.name == "metadata" and all(
            str(key).startswith(OWN_METADATA) for key in _by_key(member, live, self.plane)
        ):
            return
        if len(path) == 1 and not can_unset(self.kind, member):
            change, why = Change.CREATE, _KEPT
        wanted = _ABSENT if default is None else default
        change = self._forward(member, path, live, default, change)
        values = (None, prior, observed)
        self._note(member, path, values, sealed(live, self.sides.key), wanted, change, why, place, default)

    def _argument(self, member: Argument, path: Path, three: Three, change: Change, why: str, place: Path) -> None:
        desired, prior, observed = three
        if desired is None:
            self._taken_back(member, path, three, change, why, place)
        elif desired is UNKNOWN:
            if not self.sides.settled:
                seen = sealed(observed if member.fact.readable else prior, self.sides.key)
                self._note(member, path, three, seen, "known after apply", change, why, place)
        elif not member.fact.readable:
            if prior is not None:
                seen, wanted = sealed(prior, self.sides.key), sealed(desired, self.sides.key)
                if isinstance(wanted, Mapping) and MARK in wanted and not is_placeholder(seen):
                    seen = {MARK: keyed_hash(self.sides.key, seen)}
                self._note(member, path, (desired, prior, None), seen, wanted, change, why or _NOT_READABLE, place)
        else:
            self._readable(member, path, three, change, why, place)

    def _readable(self, member: Argument, path: Path, three: Three, change: Change, why: str, place: Path) -> None:
        desired, _, observed = three
        if observed is None:
            observed = member.fact.default
        wanted = self._canonical(member, desired)
        seen = self._canonical(member, observed)
        if _is_nothing(seen) and _is_nothing(wanted):
            return
        seen = _alike(wanted, seen, self.sides.key)
        change = self._forward(member, path, seen, wanted, change)
        self._note(member, path, three, _ABSENT if observed is None else seen, wanted, change, why, place)

    def _forward(self, member: Argument | Nested, path: Path, seen: Any, wanted: Any, change: Change) -> Change:
        """Return what a change costs where the service takes one step only, such as from noaction to terminatejob."""
        forward = member.fact.forward
        if forward is None or wanted == seen or path[0] == "job_specification":
            return change
        step = (str(seen).casefold(), str(wanted).casefold())
        return Change.LIVE if step == (forward[0].casefold(), forward[1].casefold()) else Change.CREATE

    def _canonical(self, member: Argument | Nested, value: Any) -> Any:
        """Return the one form of a value, with secrets as their hashes."""
        value = sealed(value, self.sides.key)
        if not isinstance(member, Argument) or value is None or is_placeholder(value):
            return value
        if isinstance(value, list):
            items = [_one_form(member.inner, item, self.plane) for item in value]
            return sorted(items, key=repr) if member.fact.unordered or member.fact.as_keys else items
        return _one_form(member.constraints, value, self.plane)

    def _note(
        self,
        member: Argument | Nested,
        path: Path,
        three: Three,
        seen: Any,
        wanted: Any,
        change: Change,
        why: str,
        place: Path,
        reset: Any = None,
    ) -> None:
        if seen is not _ABSENT:
            self.seen[path] = seen
        if wanted is not _ABSENT:
            self.wanted[path] = wanted
        secret = member.fact.sensitive or any(_holds_secret(value) for value in three)
        self.found[path] = _Found(path, three, change, why, secret, member.fact.label_only, place, reset)


def _one_form(constraints: tuple[Constraint, ...], value: Any, plane: Plane) -> Any:
    for constraint in constraints:
        if value is not None and not isinstance(value, Mapping) and value is not UNKNOWN:
            value = constraint.canonical(value, plane)
    return value


def _alike(template: Any, value: Any, key: str) -> Any:
    """Return a value hashed where the other side has the hash of a secret: what can be read back is compared so."""
    if is_placeholder(template) and value is not None and not is_placeholder(value):
        return {MARK: keyed_hash(key, value)}
    if isinstance(template, list) and isinstance(value, list) and len(template) == len(value):
        return [_alike(one, other, key) for one, other in zip(template, value, strict=True)]
    if isinstance(template, Mapping) and isinstance(value, Mapping) and not is_placeholder(value):
        return {name: _alike(template.get(name), part, key) for name, part in value.items()}
    return value


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (list, dict, tuple, str)) and not value)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Secret) or is_placeholder(value):
        return True
    if isinstance(value, Mapping):
        return any(map(_holds_secret, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_holds_secret, value))


def _is_within(member: Argument | Nested, desired: Any, observed: Any) -> bool:
    """Return whether all that is wanted of a block or a list of blocks is live as it stands, in the same order.

    What Azure tells besides, defaults of what was never set, makes no difference. A False decides nothing.
    """
    if not isinstance(member, Nested):
        return False
    if member.nesting == "single":
        return _holds(member, desired, observed)
    if member.nesting != "list" or not isinstance(desired, list) or not isinstance(observed, list):
        return False
    if member.name == "metadata":
        observed = [one for one in observed if not str(one.get("name")).startswith(OWN_METADATA)]
    return len(desired) == len(observed) and all(
        _holds(member, one, other) and all(name in one for name in member.fact.key)
        for one, other in zip(desired, observed, strict=True)
    )


def _holds(member: Nested, desired: Any, observed: Any) -> bool:
    if not isinstance(desired, Mapping) or not isinstance(observed, Mapping):
        return False
    blocks = member.shape.blocks
    for name, value in desired.items():
        other = observed.get(name)
        if value != other and not (name in blocks and _is_within(blocks[name], value, other)):
            return False
    return True


def _by_key(member: Argument | Nested, items: Any, plane: Plane) -> dict[str | int, Any]:
    """Return a list's items by what tells them apart, each part of it in its one form."""
    listed = items if isinstance(items, (list, tuple)) else ()
    return dict(_keyed(member, listed, plane))


def _keyed(member: Argument | Nested, listed: Any, plane: Plane) -> Iterator[tuple[str | int, Any]]:
    names = member.fact.key if isinstance(member, Nested) else ()
    for at, item in enumerate(listed):
        if not names or not isinstance(item, Mapping):
            yield at, item
            continue
        parts = [reveal(item.get(name)) for name in names]
        yield ",".join(_key_part(member, name, part, plane) for name, part in zip(names, parts, strict=True)), item


def _key_part(member: Argument | Nested, name: str, part: Any, plane: Plane) -> str:
    argument = member.shape.arguments.get(name) if isinstance(member, Nested) else None
    if part is None or argument is None or is_placeholder(part):
        return "" if part is None else str(part)
    return str(_one_form(argument.constraints, part, plane))
