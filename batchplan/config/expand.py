"""count, for_each and enabled: which instances a block stands for."""

from collections.abc import Mapping
from dataclasses import dataclass

from batchplan.config.declarations import Repetition
from batchplan.config.scope import Form
from batchplan.core.address import Key
from batchplan.core.codes import INVALID_COUNT, INVALID_ENABLED, INVALID_FOR_EACH, SENSITIVE_HERE, UNKNOWN_HERE
from batchplan.core.diagnostics import Code, Diagnostics, Fault
from batchplan.core.source import Range
from batchplan.lang import numbers
from batchplan.lang.compiled import Compiled, Environment
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, STRING, MapType, ObjectType, SetType, friendly
from batchplan.lang.values import (
    UNKNOWN,
    ListValue,
    MapValue,
    Mark,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    quoted,
    type_of,
    unmark,
)

MAX_COUNT = 1_000_000


@dataclass(frozen=True, slots=True)
class Expansion:
    """The instances by key, each with the names only it has; `known` is False when it cannot be told yet.

    Then there is one entry, which stands for all: its names lead to unknown values.
    """

    form: Form
    names: dict[Key, Mapping[str, Value]]
    known: bool = True


SINGLE = Expansion("single", {None: {}})
_UNKNOWN_EACH: Mapping[str, Value] = {"each": ObjectValue({"key": Unknown(STRING, not_null=True), "value": UNKNOWN})}
_UNKNOWN_COUNT: Mapping[str, Value] = {"count": ObjectValue({"index": Unknown(NUMBER, not_null=True)})}


@dataclass(slots=True)
class Expander:
    """Expands blocks. `partial` says that inputs may be unknown (as in validate), which is then no fault."""

    diagnostics: Diagnostics
    partial: bool

    def expand(self, repetition: Repetition, compiled: Compiled | None, environment: Environment) -> Expansion:
        """Return the instances of a block; what cannot be expanded is reported and not known."""
        if compiled is None:
            return SINGLE
        since = len(self.diagnostics)
        try:
            value = compiled.run(environment)
        except Fault as error:
            self.diagnostics.add(error.diagnostic)
            value = UNKNOWN
        if repetition.count is not None:
            made = self._count(value, compiled.range)
        elif repetition.for_each is not None:
            made = self._for_each(value, compiled.range)
        else:
            made = self._enabled(value, compiled.range)
        found = self.diagnostics.items
        found[since:] = [compiled.explain(one, environment) for one in found[since:]]
        return made

    def _plain(self, value: Value, name: str, code: Code, at: Range) -> Value | None:
        """Return the value without marks; None after reporting one that cannot decide about instances."""
        plain, marks = unmark(value)
        if marks:
            word = "sensitive" if Mark.SENSITIVE in marks else "ephemeral"
            detail = (
                f'"{name}" decides which addresses exist, and these are shown everywhere, so it must not be {word}. '
                "If the number or the names are no secret, wrap them in nonsensitive(…)."
            )
            self.diagnostics.error(SENSITIVE_HERE, detail, at)
            return None
        if type(plain) is Null:
            self.diagnostics.error(code, f'"{name}" is null. Leave it out, or give it a value.', at)
            return None
        if type(plain) is Unknown:
            if plain is not UNKNOWN and not self.partial:
                detail = f'"{name}" must be known when planning, but this value is known only after apply.'
                self.diagnostics.error(UNKNOWN_HERE, detail, at)
            return None
        return plain

    def _count(self, value: Value, at: Range) -> Expansion:
        unknown = Expansion("count", {0: _UNKNOWN_COUNT}, known=False)
        plain = self._plain(value, "count", INVALID_COUNT, at)
        if plain is None:
            return unknown
        try:
            number = convert(plain, NUMBER)
        except ConversionError:
            self.diagnostics.error(INVALID_COUNT, f'"count" must be a whole number; this is {_shown(plain)}.', at)
            return unknown
        if not numbers.is_whole(number) or numbers.sign(number) < 0:  # type: ignore[arg-type]
            text = numbers.to_text(number)  # type: ignore[arg-type]
            self.diagnostics.error(INVALID_COUNT, f'"count" is {text}; it must be a whole number, 0 or more.', at)
            return unknown
        size = numbers.truncate(number)  # type: ignore[arg-type]
        if size > MAX_COUNT:
            self.diagnostics.error(INVALID_COUNT, f'"count" is {size}; at most {MAX_COUNT} are possible.', at)
            return unknown
        return Expansion(
            "count", {index: {"count": ObjectValue({"index": numbers.short(index)})} for index in range(size)}
        )

    def _for_each(self, value: Value, at: Range) -> Expansion:
        unknown = Expansion("for_each", {"": _UNKNOWN_EACH}, known=False)
        if type(unmark(value)[0]) is Unknown and not self._could_be(type_of(value), at):
            return unknown
        plain = self._plain(value, "for_each", INVALID_FOR_EACH, at)
        if plain is None:
            return unknown
        if isinstance(plain, (MapValue, ObjectValue)):
            return Expansion("for_each", {key: _each(key, item) for key, item in plain.entries.items()})
        if isinstance(plain, SetValue):
            return self._set(plain, at) or unknown
        hint = " Write toset(…) around a list of strings." if isinstance(plain, (TupleValue, ListValue)) else ""
        detail = f'"for_each" must be a map, or a set of strings; this is {_shown(plain)}.{hint}'
        self.diagnostics.error(INVALID_FOR_EACH, detail, at)
        return unknown

    def _could_be(self, of: object, at: Range) -> bool:
        if of is DYNAMIC or isinstance(of, (MapType, ObjectType, SetType)):
            return True
        self.diagnostics.error(INVALID_FOR_EACH, '"for_each" must be a map, or a set of strings.', at)
        return False

    def _set(self, value: SetValue, at: Range) -> Expansion | None:
        names: dict[Key, Mapping[str, Value]] = {}
        for item in value.items:
            if not isinstance(item, str):
                detail = f'A set given to "for_each" must hold strings; this one holds {_shown(item)}.'
                self.diagnostics.error(INVALID_FOR_EACH, detail, at)
                return None
            names[item] = _each(item, item)
        return Expansion("for_each", names)

    def _enabled(self, value: Value, at: Range) -> Expansion:
        plain = self._plain(value, "enabled", INVALID_ENABLED, at)
        if plain is None:
            return Expansion("enabled", {None: {}}, known=False)
        try:
            on = convert(plain, BOOL)
        except ConversionError:
            self.diagnostics.error(INVALID_ENABLED, f'"enabled" must be true or false; this is {_shown(plain)}.', at)
            return Expansion("enabled", {None: {}}, known=False)
        return Expansion("enabled", {None: {}} if on is True else {})


def _shown(value: Value) -> str:
    if type(value) is Null:
        return "null"
    return f"the text {quoted(value)}" if isinstance(value, str) else f"a value of type {friendly(type_of(value))}"


def _each(key: str, value: Value) -> Mapping[str, Value]:
    return {"each": ObjectValue({"key": key, "value": value})}
