"""Reading what a configuration says about policy: `policy_set`, `policy` and `suppress` at its top."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from batchplan.config.blocks import BlockReader
from batchplan.config.declarations import Argument, Module, Raw
from batchplan.config.reading import plain
from batchplan.core.codes import INVALID_POLICY, INVALID_POLICY_SET, UNKNOWN_NAME
from batchplan.core.diagnostics import Diagnostics, Fault
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Namespace
from batchplan.lang.functions.function import Function
from batchplan.lang.nodes import Block
from batchplan.lang.values import Value
from batchplan.policy.context import Context, Mention, Suppressed
from batchplan.policy.custom import CustomPolicy, CustomTest, OnUnknown
from batchplan.policy.functions import functions
from batchplan.policy.model import Level, Outcome, Phase, Rule, Severity
from batchplan.policy.sets import PolicySet, RuleChange, built_in_sets, circle, param_problem
from batchplan.policy.subjects import place_of
from batchplan.schema.document import UNKNOWN

T = TypeVar("T", bound="Level | Severity | Phase | Outcome")

Names = Mapping[str, Value | Namespace]
OWN_NAMES = frozenset({"each", "plan", "resources", "live"})
_ID = re.compile(r"[A-Z][A-Z0-9]*\d{2,}")


@dataclass(frozen=True, slots=True)
class Blocks:
    """What was read. `active` are the sets that say they are, `idle` those that say they are not."""

    sets: Mapping[str, PolicySet] = field(default_factory=dict)
    active: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    policies: tuple[CustomPolicy, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What reading works with: names and functions of the root module, and the rules there are, by id."""

    names: Names
    library: Mapping[str, Function]
    rules: Mapping[str, Rule]
    diagnostics: Diagnostics

    def data(self, argument: Argument | None) -> Any:
        """Return what an argument is worth as plain data; None when it is not there or has no worth (reported)."""
        if argument is None:
            return None
        compiled = compile_expression(argument.expression, argument.source, self.library)
        try:
            found = plain(compiled.evaluate(self.names))
        except Fault as error:
            self.diagnostics.add(error.diagnostic)
            return None
        return None if found is UNKNOWN else found

    def text(self, reader: BlockReader, name: str) -> str:
        """Return a text argument; empty without one."""
        found = self.data(reader.argument(name))
        return found if isinstance(found, str) else ""

    def word(self, reader: BlockReader, name: str, words: Mapping[str, T], code: Any) -> T | None:
        """Return what one of a few words stands for; report another word."""
        argument = reader.argument(name)
        found = self.data(argument)
        if argument is None or found is None:
            return None
        made = words.get(str(found))
        if made is None:
            hint = did_you_mean(str(found), words)
            listed = ", ".join(words)
            self.diagnostics.error(code, f'"{name}" is one of {listed}; not "{found}".{hint}', argument.range)
        return made


LEVELS = {one.word: one for one in Level}
SEVERITIES = {one.word: one for one in Severity}
PHASES = {str(one): one for one in Phase}
_OUTCOMES = {str(one): one for one in Outcome}


def read_blocks(
    module: Module, names: Names, library: Mapping[str, Function], rules: Mapping[str, Rule], diagnostics: Diagnostics
) -> Blocks:
    """Return what the root module says about policy; report what is wrong with it."""
    reading = _Reading(names, {**library, **functions(Context())}, rules, diagnostics)
    policies = tuple(one for raw in module.policies.values() if (one := _policy(raw, reading)) is not None)
    _report_doubles(policies, reading)
    reading.rules = {**rules, **{one.id: one.rule() for one in policies}}
    sets: dict[str, PolicySet] = {}
    active: list[str] = []
    idle: list[str] = []
    mentions: list[Mention] = []
    for raw in module.policy_sets.values():
        made, chosen = _set(raw, reading)
        sets[made.name] = made
        active += [made.name] if chosen else []
        idle += [made.name] if chosen is False else []
        mentions += [Mention(rule, f'policy_set "{made.name}"', place_of(raw.at)) for rule in made.rules]
    for raw in module.policy_sets.values():
        _check_base(raw, sets, reading)
    waived = tuple(found for raw in module.suppressions if (found := _suppression(raw, reading)) is not None)
    return Blocks(sets, tuple(active), tuple(idle), policies, waived, tuple(mentions))


def _set(raw: Raw, reading: _Reading) -> tuple[PolicySet, bool | None]:
    reader = BlockReader(raw.block, raw.source, reading.diagnostics)
    name = raw.block.labels[0].value
    base = reading.text(reader, "base") or "recommended"
    active = reading.data(reader.argument("active"))
    blocks_from = reading.word(reader, "blocks_from", SEVERITIES, INVALID_POLICY_SET)
    text = reading.text(reader, "description")
    changes = dict(_change(reader.inner(block), block, reading) for block in reader.blocks("rule"))
    reader.finish()
    if name in built_in_sets():
        detail = f'"{name}" is a set of batchplan\'s own. Give yours another name, and base = "{name}".'
        reading.diagnostics.error(INVALID_POLICY_SET, detail, raw.at)
    return PolicySet(name, base, blocks_from, changes, text), active if isinstance(active, bool) else None


def _change(reader: BlockReader, block: Block, reading: _Reading) -> tuple[str, RuleChange]:
    id_ = block.labels[0].value if block.labels else ""
    level = reading.word(reader, "level", LEVELS, INVALID_POLICY_SET)
    severity = reading.word(reader, "severity", SEVERITIES, INVALID_POLICY_SET)
    argument = reader.argument("params")
    given = reading.data(argument)
    reader.finish()
    params: dict[str, Any] = {}
    rule = reading.rules.get(id_)
    for name, value in given.items() if isinstance(given, Mapping) else ():
        assert argument is not None, "what has a value was given"
        problem = _param_problem(rule, name, value)
        if problem is not None:
            reading.diagnostics.error(INVALID_POLICY_SET, f"{id_}: {problem}.", argument.range, reader.at)
        else:
            params[name] = tuple(value) if isinstance(value, list) else value
    return id_, RuleChange(level, severity, params)


def _param_problem(rule: Rule | None, name: str, value: Any) -> str | None:
    if rule is None:
        return None  # that there is no such rule is a finding of BP0005
    known = {one.name: one for one in rule.params}
    if name not in known:
        listed = f" It has {', '.join(known)}" if known else " It has none"
        return f'it has no parameter "{name}".{did_you_mean(name, known) or listed}'.rstrip(".")
    return param_problem(known[name], tuple(value) if isinstance(value, list) else value)


def _check_base(raw: Raw, sets: Mapping[str, PolicySet], reading: _Reading) -> None:
    name = raw.block.labels[0].value
    every = {**built_in_sets(), **sets}
    base = sets[name].base
    if base is not None and base not in every:
        detail = f'There is no policy set "{base}".{did_you_mean(base, every)}'
        reading.diagnostics.error(INVALID_POLICY_SET, detail, raw.at)
    elif circle(name, every):
        detail = f'"{name}" is, through its bases, a base of itself. Let one of them start from another set.'
        reading.diagnostics.error(INVALID_POLICY_SET, detail, raw.at)


def _policy(raw: Raw, reading: _Reading) -> CustomPolicy | None:
    reader = BlockReader(raw.block, raw.source, reading.diagnostics)
    name = raw.block.labels[0].value
    assertion, message = reader.required("assert"), reader.required("message")
    id_ = reading.text(reader, "id") or name
    severity = reading.word(reader, "severity", SEVERITIES, INVALID_POLICY)
    level = reading.word(reader, "level", LEVELS, INVALID_POLICY)
    phase = reading.word(reader, "phase", PHASES, INVALID_POLICY)
    on_unknown = _on_unknown(reader, reading)
    for_each, when, remediation = (reader.argument(one) for one in ("for_each", "when", "remediation"))
    tests = tuple(_tests(reader, reading))
    reader.finish()
    listed = [one for one in (assertion, message, for_each, when, remediation) if one is not None]
    for argument in listed:
        _check_names(argument, reading)
    if assertion is None or message is None:
        return None
    return CustomPolicy(
        name=name,
        id=id_,
        at=raw.at,
        assertion=assertion,
        message=message,
        names=reading.names,
        library=reading.library,
        for_each=for_each,
        when=when,
        remediation=remediation,
        severity=Severity.WARNING if severity is None else severity,
        level=Level.ADVISORY if level is None else level,
        phase=phase or _phase(listed),
        on_unknown=on_unknown,
        tests=tests,
    )


def _phase(arguments: list[Argument]) -> Phase:
    """Return the earliest phase in which everything is there that a policy names."""
    roots = {node.root for one in arguments for node in compile_expression(one.expression, one.source, {}).references}
    return Phase.PLAN if "plan" in roots else Phase.LIVE if "live" in roots else Phase.STATIC


def _on_unknown(reader: BlockReader, reading: _Reading) -> OnUnknown:
    argument = reader.argument("on_unknown")
    found = reading.data(argument)
    if argument is None or found is None:
        return "defer"
    if found not in ("defer", "fail", "pass"):
        detail = f'"on_unknown" is one of defer, fail, pass; not "{found}".'
        reading.diagnostics.error(INVALID_POLICY, detail, argument.range)
        return "defer"
    return cast("OnUnknown", found)


def _tests(reader: BlockReader, reading: _Reading) -> Iterator[CustomTest]:
    for block in reader.blocks("test"):
        inner = reader.inner(block)
        given = inner.required("input")
        expect = reading.word(inner, "expect", _OUTCOMES, INVALID_POLICY)
        inner.finish()
        if given is not None:
            name = block.labels[0].value if block.labels else ""
            yield CustomTest(name, given, expect or Outcome.FAIL, inner.at)


def _check_names(argument: Argument, reading: _Reading) -> None:
    """Report names that lead nowhere, so that they are found by validate and not on a Friday."""
    compiled = compile_expression(argument.expression, argument.source, reading.library)
    known = [*reading.names, *OWN_NAMES]
    for node in compiled.references:
        if node.root not in known:
            at = Range(argument.source, node.start, node.start + len(node.root))
            hint = did_you_mean(node.root, known)
            reading.diagnostics.error(UNKNOWN_NAME, f'There is no "{node.root}" here.{hint}', at)


def _report_doubles(policies: tuple[CustomPolicy, ...], reading: _Reading) -> None:
    seen: dict[str, CustomPolicy] = {}
    for one in policies:
        first = seen.setdefault(one.id, one)
        if one.id in reading.rules:
            detail = f"{one.id} is the id of another rule. Give this policy one of its own, such as ACME0001."
            reading.diagnostics.error(INVALID_POLICY, detail, one.at)
        elif first is not one:
            detail = f"{one.id} is the id of the policy {first.name} ({first.at}). Give this one another."
            reading.diagnostics.error(INVALID_POLICY, detail, one.at)


def _suppression(raw: Raw, reading: _Reading) -> Suppressed | None:
    reader = BlockReader(raw.block, raw.source, reading.diagnostics)
    address = reader.required("address")
    found = reading.data(address)
    made = Suppressed(
        rule=raw.block.labels[0].value,
        address=found if isinstance(found, str) else "",
        reason=reading.text(reader, "reason"),
        expires=reading.text(reader, "expires") or None,
        owner=reading.text(reader, "owner"),
        path=reading.text(reader, "path"),
        central=True,
        place=place_of(raw.at),
    )
    counts = reading.data(reader.argument("when"))
    reader.finish()
    return None if counts is False or address is None else made
