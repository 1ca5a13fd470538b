"""Policy blocks: rules that a configuration writes for itself, in its own language.

    policy "two_nodes_in_prod" {
      id       = "ACME0001"
      for_each = plan.changes.pool
      when     = each.action != "delete"
      assert   = bounds(each.after).min_nodes >= 2
      message  = "${each.address} may run on ${bounds(each.after).min_nodes} node(s)."
    }

A condition has three answers. One that is not known, or that cannot be evaluated, is undecided: `on_unknown` says what
that counts as, and by default it is asked again at the gate.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from batchplan.config.declarations import Argument
from batchplan.core.address import Address, AddressError, parse_address
from batchplan.core.diagnostics import Fault
from batchplan.core.source import Range
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Compiled, Environment, Namespace
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.functions.function import Function
from batchplan.lang.types import BOOL, STRING
from batchplan.lang.values import (
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    pairs,
    unmark,
    unmark_deep,
)
from batchplan.policy.context import Context
from batchplan.policy.functions import functions
from batchplan.policy.model import (
    Finding,
    Inapplicable,
    Level,
    NotKnownYet,
    Outcome,
    Phase,
    Rule,
    Severity,
    Undecided,
)
from batchplan.policy.scope import Scope
from batchplan.policy.subject import NO_ADDRESS, Subject
from batchplan.policy.subjects import place_of
from batchplan.policy.values import tables

OnUnknown = Literal["defer", "fail", "pass"]


@dataclass(frozen=True, slots=True)
class CustomTest:
    """A test in a policy block: what `each` is, and the outcome that is expected."""

    name: str
    input: Argument
    expect: Outcome
    at: Range


@dataclass(frozen=True, slots=True)
class CustomPolicy:
    """A policy block, read. `names` and `library` are those of the root module."""

    name: str
    id: str
    at: Range
    assertion: Argument
    message: Argument
    names: Mapping[str, Value | Namespace]
    library: Mapping[str, Function]
    for_each: Argument | None = None
    when: Argument | None = None
    remediation: Argument | None = None
    severity: Severity = Severity.WARNING
    level: Level = Level.ADVISORY
    phase: Phase = Phase.STATIC
    on_unknown: OnUnknown = "defer"
    tests: tuple[CustomTest, ...] = ()

    def rule(self) -> Rule:
        """Return the rule that it is."""
        return Rule(
            id=self.id,
            title=self.name.replace("_", " ").capitalize(),
            check=self._check,
            severity=self.severity,
            level=self.level,
            phase=self.phase,
            kinds=(),
            inputs=(),
            params=(),
            since="",
            aliases=(),
            fault=self.name,
            why="",
            instead="",
            source=str(self.at),
            exceptions="",
            summary=f"Policy {self.name} of this configuration.",
            each=self._each,
        )

    def _each(self, scope: Scope) -> Iterator[Subject]:
        if self.for_each is None:
            yield replace(_BARE, payload=None)
            return
        run = _Run(self, scope.context)
        value, _ = unmark(run.value(self.for_each, {}))
        if type(value) is Unknown:
            raise NotKnownYet("for_each is not known yet")
        for key, item in _items(value):
            yield _subject(key, item, scope.context)

    def _check(self, subject: Subject, scope: Scope) -> Iterator[Finding]:
        yield from self.ask(subject.payload, scope.context)

    def ask(self, each: Value | None, context: Context) -> Iterator[Finding]:
        """Yield a finding when the assertion does not hold for a value of `each`; raise Undecided."""
        run = _Run(self, context)
        bound: dict[str, Value | Namespace] = {} if each is None else {"each": each}
        try:
            if self.when is not None and not run.truth(self.when, bound):
                raise Inapplicable('"when" does not hold')
            holds = run.truth(self.assertion, bound)
            message = "" if holds else run.text(self.message, bound)
        except NotKnownYet:
            if self.on_unknown == "defer":
                raise
            holds, message = self.on_unknown == "pass", f"Policy {self.name} could not be decided."
        if not holds:
            hint = run.text(self.remediation, bound) if self.remediation is not None else ""
            yield Finding(message, remediation=hint, place=None if each is not None else place_of(self.at))

    def test(self, test: CustomTest, context: Context) -> tuple[Outcome, str]:
        """Return the outcome of a test's input, and why; an input as JSON text is read."""
        run = _Run(self, context)
        given = run.value(test.input, {})
        if isinstance(given, str):
            given = run.library["jsondecode"].call([given])
        try:
            found = list(self.ask(given, context))
        except Undecided as left:
            return left.outcome, str(left)
        return (Outcome.FAIL, found[0].message) if found else (Outcome.PASS, "")


_BARE = Subject("", {}, address=NO_ADDRESS)


def _items(value: Value) -> Iterable[tuple[str, Value]]:
    match value:
        case TupleValue() | ListValue() | SetValue():
            return [(str(at), item) for at, (_, item) in enumerate(pairs(value))]
        case ObjectValue() | MapValue():
            return [(str(key), ObjectValue({"key": key, "value": item})) for key, item in pairs(value)]
    raise NotKnownYet("for_each must be a list, a set or a map")


def _subject(key: str, item: Value, context: Context) -> Subject:
    """Return the subject that an item stands for: what it says is its address, or the key."""
    told, _ = unmark(item)
    address = told.entries.get("address") if isinstance(told, ObjectValue) else None
    known = context.by_address(address) if isinstance(address, str) else None
    if known is not None:
        return replace(known, payload=item)
    try:
        named = parse_address(address) if isinstance(address, str) else Address((), "each", key)
    except AddressError:
        named = Address((), "each", key)
    return replace(_BARE, address=named, payload=item)


@dataclass(frozen=True, slots=True)
class _Run:
    """Evaluation of a block's expressions over one context."""

    policy: CustomPolicy
    context: Context

    @property
    def library(self) -> Mapping[str, Function]:
        """The functions of the language, and those of policy."""
        return _library(self.policy, self.context)

    def value(self, argument: Argument, bound: Mapping[str, Value | Namespace]) -> Value:
        """Return what an argument is worth; raise NotKnownYet with the reason when it has no worth."""
        compiled = _compiled(self.policy, argument, self.context)
        names: Environment = {**self.policy.names, **_tables(self.context), **bound}
        try:
            return compiled.evaluate(names)
        except Fault as error:
            detail = error.diagnostic.detail.rstrip(".")
            raise NotKnownYet(f"{argument.name} cannot be evaluated: {detail}") from None

    def truth(self, argument: Argument, bound: Mapping[str, Value | Namespace]) -> bool:
        """Return whether a condition holds; raise NotKnownYet."""
        value, _ = unmark(self.value(argument, bound))
        if type(value) is Unknown:
            raise NotKnownYet(f"{argument.name} is known only after apply")
        try:
            made = convert(value, BOOL)
        except ConversionError as error:
            raise NotKnownYet(f"{argument.name} must be true or false: {error}") from None
        if type(made) is Null:
            raise NotKnownYet(f"{argument.name} is null")
        return made is True

    def text(self, argument: Argument, bound: Mapping[str, Value | Namespace]) -> str:
        """Return a text; one that cannot be shown says so."""
        try:
            value, marks = unmark_deep(self.value(argument, bound))
            made = convert(value, STRING)
        except (NotKnownYet, ConversionError):
            return f"Policy {self.policy.name} does not hold; its {argument.name} cannot be evaluated."
        if marks or not isinstance(made, str):
            return f"Policy {self.policy.name} does not hold; its {argument.name} is not shown."
        return made


def _cached(context: Context, key: Any, make: Callable[[], Any]) -> Any:
    index = context._index  # noqa: SLF001 - the context keeps what is worked out of it
    if key not in index:
        index[key] = make()
    return index[key]


def _tables(context: Context) -> Mapping[str, Namespace]:
    made: Mapping[str, Namespace] = _cached(context, "tables", lambda: tables(context))
    return made


def _library(policy: CustomPolicy, context: Context) -> Mapping[str, Function]:
    made: Mapping[str, Function] = _cached(
        context, ("library", id(policy.library)), lambda: {**policy.library, **functions(context)}
    )
    return made


def _compiled(policy: CustomPolicy, argument: Argument, context: Context) -> Compiled:
    made: Compiled = _cached(
        context,
        ("compiled", id(argument.attribute)),
        lambda: compile_expression(argument.expression, argument.source, _library(policy, context)),
    )
    return made
