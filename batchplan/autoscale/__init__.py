"""The autoscale formula language of Azure Batch: parse, check, bound, evaluate, simulate.

A library of its own: it knows nothing of pools or plans, and imports nothing but the standard library.
"""

from batchplan.autoscale.api import EvaluationError, Metrics, RunResult, Targets
from batchplan.autoscale.findings import Finding, Severity, ok
from batchplan.autoscale.parse import Parsed, parse
from batchplan.autoscale.program import Program, compile, run  # noqa: A004

__all__ = [
    "EvaluationError",
    "Finding",
    "Metrics",
    "Parsed",
    "Program",
    "RunResult",
    "Severity",
    "Targets",
    "compile",
    "ok",
    "parse",
    "run",
]
