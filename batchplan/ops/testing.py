"""Running test files: each run plans or applies, then its assertions are evaluated over what came of it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from batchplan.config.conditions import check_condition
from batchplan.config.declarations import Argument, Condition
from batchplan.config.evaluate import Evaluated
from batchplan.config.prepare import PreparedCondition
from batchplan.config.scope import TableNamespace
from batchplan.config.variables import Given
from batchplan.core.codes import (
    ASSERTION_FAILED,
    CHECK_FAILED,
    CONDITION_FAILED,
    FAILURE_MISSING,
    INVALID_REFERENCE,
    UNKNOWN_NAME,
    VALIDATION_FAILED,
)
from batchplan.core.diagnostics import Diagnostic, Diagnostics, Fault, Severity, fault
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Compiled, Environment, Namespace, unknown_name
from batchplan.lang.functions.function import Function
from batchplan.lang.library import library
from batchplan.lang.nodes import StepAttribute, Traversal
from batchplan.lang.values import UNKNOWN, ObjectValue, Value
from batchplan.ops.testfile import Command, Expected, Run, TestFile

Status = Literal["pass", "fail", "error", "skip"]
CONDITIONS = (VALIDATION_FAILED, CONDITION_FAILED, CHECK_FAILED)
"""What a run can expect."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a run asks for: plan or apply the module in a folder, with values for its variables."""

    command: Command
    folder: Path
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of it: the configuration, evaluated, where it got so far; all that was found; what to print of it."""

    evaluated: Evaluated | None
    diagnostics: tuple[Diagnostic, ...] = ()
    told: str = ""


class Runner(Protocol):
    """Plans and applies for one test file, on a world of its own that is kept from run to run."""

    async def run(self, request: Request) -> Ended:
        """Plan or apply."""

    async def destroy(self) -> Sequence[Diagnostic]:
        """Destroy what was applied, last first, and return what went wrong."""


@dataclass(slots=True)
class RunResult:
    """What became of one run."""

    name: str
    status: Status
    at: Range
    diagnostics: list[Diagnostic] = field(default_factory=list)
    seconds: float = 0.0
    told: str = ""


@dataclass(slots=True)
class FileResult:
    """What became of a test file; `teardown` is what went wrong at its end."""

    name: str
    runs: list[RunResult] = field(default_factory=list)
    teardown: list[Diagnostic] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """The worst of its runs; a file whose teardown went wrong has an error."""
        found = {run.status for run in self.runs}
        if self.teardown or "error" in found:
            return "error"
        return "fail" if "fail" in found else "pass" if "pass" in found else "skip"


@dataclass(slots=True)
class FileRun:
    """One test file being run. `began` is told before each run, `ended` after it."""

    file: TestFile
    root: Path
    runner: Runner
    began: Callable[[Run], None]
    ended: Callable[[RunResult], None]
    outputs: dict[str, Value] = field(default_factory=dict)

    async def execute(self) -> FileResult:
        """Run all runs in order. After one that could not be carried out, the others are skipped."""
        result = FileResult(self.file.name)
        try:
            result.teardown.extend(await self._all(result))
        finally:
            result.teardown.extend(await self.runner.destroy())
        return result

    async def _all(self, result: FileResult) -> Sequence[Diagnostic]:
        """Run all runs, and return what is wrong with the values that they share."""
        functions = library(self.root, self.root)
        common = _Values(functions, {})
        values = common.of(self.file.variables)
        broken = common.diagnostics.has_errors
        for run in self.file.runs:
            self.began(run)
            made = RunResult(run.name, "skip", run.at)
            if not broken:
                started = time.monotonic()
                made = await self._one(run, functions, values)
                made.seconds = time.monotonic() - started
                broken = made.status == "error"
            result.runs.append(made)
            self.ended(made)
        return common.diagnostics.items

    async def _one(self, run: Run, functions: Mapping[str, Function], values: Mapping[str, Given]) -> RunResult:
        names: dict[str, Value | Namespace] = {
            "var": TableNamespace("var", {name: one.value or UNKNOWN for name, one in values.items()}, "variable"),
            "run": RunNamespace(self.outputs),
        }
        own = _Values(functions, names)
        given = {**values, **own.of(run.variables)}
        if own.diagnostics.has_errors:
            return RunResult(run.name, "error", run.at, _within(own.diagnostics, run))
        folder = self.root if run.source is None else (self.root / run.source).resolve()
        ended = await self.runner.run(Request(run.command, folder, tuple(given.values())))
        return self._judged(run, ended)

    def _judged(self, run: Run, ended: Ended) -> RunResult:
        diagnostics = Diagnostics()
        met, rest = _matched(run.expected, ended.diagnostics)
        for one in run.expected:
            if one not in met:
                diagnostics.error(FAILURE_MISSING, f"{one.name} was expected to fail, and did not.", one.at, run.at)
        unexpected = [one for one in rest if one.severity is Severity.ERROR]
        failing = [one for one in rest if one.code is CHECK_FAILED]
        broken = bool(unexpected)
        if ended.evaluated is not None and not unexpected:
            self.outputs[run.name] = ObjectValue(dict(ended.evaluated.instance.outputs))
            stopped = any(one.severity is Severity.ERROR for one in ended.diagnostics)
            if not stopped:
                broken = not self._assert(run, ended.evaluated, diagnostics)
        found = [*rest, *_within(diagnostics, run)]
        status: Status = "error" if broken else "fail" if diagnostics.has_errors or failing else "pass"
        return RunResult(run.name, status, run.at, found, told=ended.told)

    def _assert(self, run: Run, evaluated: Evaluated, diagnostics: Diagnostics) -> bool:
        """Report assertions that do not hold; return whether all could be evaluated."""
        names = {
            **evaluated.instance.names,
            "output": TableNamespace("output", evaluated.instance.outputs, "output"),
            "run": RunNamespace(self.outputs),
        }
        fine = True
        for one in run.assertions:
            fine &= _holds(one, names, evaluated.root.functions, diagnostics)
        return fine


def _holds(
    assertion: Condition, names: Environment, functions: Mapping[str, Function], diagnostics: Diagnostics
) -> bool:
    """Evaluate an assertion and report it when it does not hold; return whether it could be evaluated."""
    found = Diagnostics()
    prepared = PreparedCondition(
        _compiled(assertion.condition, functions), _compiled(assertion.error_message, functions), assertion.at
    )
    for compiled in (prepared.condition, prepared.error_message):
        _check_names(compiled, names, found)
    if not found.has_errors:
        held = check_condition(prepared, names, ASSERTION_FAILED, found)
        if held is None and not found.has_errors:
            detail = "The condition is not known before apply. Let the run apply: command = apply."
            found.error(ASSERTION_FAILED, detail, prepared.condition.range, assertion.at)
    diagnostics.extend(found)
    return all(one.code is ASSERTION_FAILED for one in found)


def _compiled(argument: Argument, functions: Mapping[str, Function]) -> Compiled:
    return compile_expression(argument.expression, argument.source, functions)


def _check_names(compiled: Compiled, names: Environment, diagnostics: Diagnostics) -> None:
    """Report names that stand for nothing, wherever they occur."""
    for node in compiled.references:
        found = names.get(node.root)
        try:
            if found is None:
                raise unknown_name(node, names, compiled.source)
            if isinstance(found, Namespace):
                found.resolve(node, compiled.source)
        except Fault as problem:
            diagnostics.add(problem.diagnostic)


class RunNamespace(Namespace):
    """`run`: the name of a run before this one, then its outputs."""

    def __init__(self, outputs: Mapping[str, Value]) -> None:
        self.outputs = outputs

    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the outputs of the run that follows."""
        step = node.steps[0] if node.steps else None
        at = Range(source, node.start, node.end)
        if not isinstance(step, StepAttribute):
            raise fault(INVALID_REFERENCE, "Say which run, and which of its outputs: run.NAME.OUTPUT.", at)
        found = self.outputs.get(step.name)
        if found is None:
            hint = did_you_mean(step.name, self.outputs)
            raise fault(UNKNOWN_NAME, f'No run "{step.name}" has ended well before this one.{hint}', at)
        return found, 1


@dataclass(slots=True)
class _Values:
    """Evaluates values for variables."""

    functions: Mapping[str, Function]
    names: Environment
    diagnostics: Diagnostics = field(default_factory=Diagnostics)

    def of(self, arguments: Mapping[str, Argument]) -> dict[str, Given]:
        """Return what was given, by name; report what cannot be evaluated."""
        made: dict[str, Given] = {}
        for name, argument in arguments.items():
            compiled = _compiled(argument, self.functions)
            since = len(self.diagnostics)
            _check_names(compiled, self.names, self.diagnostics)
            if len(self.diagnostics) > since:
                continue
            try:
                value = compiled.evaluate(self.names)
            except Fault as problem:
                self.diagnostics.add(compiled.explain(problem.diagnostic, self.names))
                continue
            made[name] = Given(name, "file", argument.source.name, value=value, written=compiled)
        return made


# Failures that are expected.


def _matched(expected: Sequence[Expected], found: Iterable[Diagnostic]) -> tuple[set[Expected], list[Diagnostic]]:
    """Return which expectations were met, and the diagnostics that nobody expected.

    What a value does elsewhere that its variable was expected to refuse is not held against a run: with that, a plan of
    Terraform ends.
    """
    met: set[Expected] = set()
    refused = False
    rest: list[Diagnostic] = []
    for one in found:
        hit = [each for each in expected if one.code in CONDITIONS and each.name in _names_of(one)]
        met.update(hit)
        refused |= bool(hit) and one.code is VALIDATION_FAILED
        if not hit:
            rest.append(one)
    return met, [one for one in rest if not refused or one.code is VALIDATION_FAILED]


def _names_of(one: Diagnostic) -> set[str]:
    """Return what the object of a failed condition can be called: its block, and its instance."""
    names = {one.address} if one.address else set()
    if one.block:
        kind, _, label = one.block.rpartition(" ")
        word = {"variable": "var"}.get(kind, kind)
        names.add(f"{word}.{label.strip(chr(34))}")
    return {name for name in names if name}


def _within(diagnostics: Diagnostics, run: Run) -> list[Diagnostic]:
    diagnostics.within(0, block=f'run "{run.name}"')
    return list(diagnostics)
