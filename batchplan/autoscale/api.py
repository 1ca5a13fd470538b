"""The evaluator's border: what goes into an evaluation and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Metrics(Protocol):
    """What an evaluation can see of the pool's history."""

    def samples(self, name: str) -> Sequence[tuple[datetime, float]]:
        """The visible samples of a metric by its full name ("$PendingTasks"), oldest first; empty when none."""
        ...


@dataclass(frozen=True, slots=True)
class Targets:
    """How many nodes of each kind the pool should have."""

    dedicated: int
    low_priority: int


@dataclass(frozen=True, slots=True)
class EvaluationError:
    """Why an evaluation failed, in the service's form; `values` are its named details."""

    code: str
    message: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """The outcome of one evaluation; when `error` is set, targets and option are the ones before it.

    `variables` holds the user's variables as text, in the order of `results_text`.
    """

    targets: Targets
    option: str
    error: EvaluationError | None
    variables: Mapping[str, str]
    results_text: str
