"""Evaluates formulas: compile once, run at every evaluation interval."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from batchplan.autoscale import names
from batchplan.autoscale.api import EvaluationError, Metrics, RunResult, Targets
from batchplan.autoscale.evaluate import Code, build
from batchplan.autoscale.findings import Finding, ok, position
from batchplan.autoscale.frame import EVALUATION_ERROR, INSUFFICIENT_SAMPLES, Failed, Frame, frame, plain
from batchplan.autoscale.parse import parse
from batchplan.autoscale.syntax import Assign, Bare, Formula, Name
from batchplan.autoscale.syntax import names as names_in
from batchplan.autoscale.values import Option, Value, text_of

_MESSAGES = {
    EVALUATION_ERROR: "The specified auto-scaling formula has evaluation error",
    INSUFFICIENT_SAMPLES: "Autoscale evaluation failed due to insufficient sample data",
}
_MOST_NODES = 2**31 - 1
_SERVICE = frozenset((*names.TARGETS, *names.ALIASES, names.DEALLOCATION))


@dataclass(frozen=True, slots=True)
class Program:
    """A formula that was read once. A formula with faults is a program too: it always fails."""

    formula: Formula
    faults: tuple[Finding, ...]
    _code: Code = field(repr=False)
    _refusal: EvaluationError | None = field(repr=False)

    def run(
        self,
        metrics: Metrics,
        now: datetime,
        targets: Targets,
        *,
        task_slots_per_node: int = 1,
        option: str = names.DEFAULT_OPTION,
        seed: int = 0,
    ) -> RunResult:
        """One evaluation: targets are cut to whole nodes and never negative; on a failure the present ones stay.

        `option` is the present deallocation option, reported when the evaluation fails; `seed` fixes rand().
        """
        if self._refusal:
            return _failure(self._refusal, targets, option)
        state = frame(metrics, now, targets.dedicated, targets.low_priority, task_slots=task_slots_per_node, seed=seed)
        try:
            self._code.run(state)
            return _outcome(state, self._code.aliases)
        except Failed as failed:
            return _failure(self._error(failed), targets, option)

    def _error(self, failed: Failed) -> EvaluationError:
        return _located(self.formula.text, failed.offset, failed.text, failed.code)


def _located(text: str, offset: int, message: str, code: str = EVALUATION_ERROR) -> EvaluationError:
    line, column = position(text, offset)
    return EvaluationError(code, _MESSAGES[code], (("Message", f"Line {line}, Col {column}: {message}"),))


@lru_cache(maxsize=256)
def compile(formula: str) -> Program:  # noqa: A001 - the verb of the library, as in re.compile
    """Reads a formula once; never fails: what is wrong is in `faults`, and in the error of every run."""
    parsed = parse(formula)
    return Program(parsed.formula, parsed.faults, build(parsed.formula), _refusal(parsed.formula, parsed.faults))


def run(formula: str, metrics: Metrics, now: datetime, targets: Targets, *, task_slots_per_node: int = 1) -> RunResult:
    """Evaluates a formula as the service does, and changes nothing."""
    return compile(formula).run(metrics, now, targets, task_slots_per_node=task_slots_per_node)


def _refusal(formula: Formula, faults: tuple[Finding, ...]) -> EvaluationError | None:
    """The error a formula gives before anything is evaluated: an unknown name first, then faults of form."""
    unknown = _undefined(formula)
    if unknown:
        return _located(formula.text, unknown.start, f"Undefined symbol: {unknown.name}")
    if ok(faults):
        return None
    first = next(fault for fault in faults if not ok((fault,)))
    return _located(formula.text, first.start, f"Syntax error: {first.message}")


def _undefined(formula: Formula) -> Name | None:
    known = {*names.SERVICE_NAMES, *names.INTERVALS}
    for statement in formula.statements:
        if isinstance(statement, Assign | Bare):
            option = isinstance(statement, Assign) and statement.name == names.DEALLOCATION
            for name in names_in(statement.value):
                if name.name not in known and not (option and name.name in names.OPTIONS):
                    return name
        if isinstance(statement, Assign):
            known.add(statement.name)
    return None


def _failure(error: EvaluationError, targets: Targets, option: str) -> RunResult:
    return RunResult(targets, option, error, {}, _results_text(targets, option, {}))


def _outcome(state: Frame, aliases: Mapping[str, str]) -> RunResult:
    variables = state.variables
    targets = Targets(_whole(variables[names.TARGET_DEDICATED]), _whole(variables[names.TARGET_LOW_PRIORITY]))
    option = variables[names.DEALLOCATION]
    if not isinstance(option, Option):
        raise Failed(0, f"{names.DEALLOCATION} is not an option")
    users = {
        name: text_of(plain(state, variables[name]))
        for name in sorted(variables)
        if name not in _SERVICE and name not in aliases
    }
    return RunResult(targets, option.name, None, users, _results_text(targets, option.name, users))


def _whole(value: Value) -> int:
    """The service cuts fractions and cannot ask for less than no node (assumed, as several authors do)."""
    if not isinstance(value, float) or not math.isfinite(value):
        raise Failed(0, f"A target is {text_of(value)}, which is no number of nodes")
    return max(0, min(_MOST_NODES, int(value)))


def _results_text(targets: Targets, option: str, variables: Mapping[str, str]) -> str:
    service = {
        names.TARGET_DEDICATED: targets.dedicated,
        names.TARGET_LOW_PRIORITY: targets.low_priority,
        names.DEALLOCATION: option,
    }
    return ";".join(f"{name}={value}" for name, value in (service | dict(variables)).items())
