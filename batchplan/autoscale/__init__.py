"""The autoscale formula language of Azure Batch: parse, check, bound, evaluate, simulate.

A library of its own: it knows nothing of pools or plans, and imports nothing but the standard library.
"""

from batchplan.autoscale.api import EvaluationError, Metrics, RunResult, Targets
from batchplan.autoscale.bounds import Bound, Bounds, bounds
from batchplan.autoscale.findings import Finding, Severity, ok
from batchplan.autoscale.parse import Parsed, parse
from batchplan.autoscale.program import Program, compile, run  # noqa: A004
from batchplan.autoscale.report import Report, check

__all__ = [
    "Bound",
    "Bounds",
    "EvaluationError",
    "Finding",
    "Metrics",
    "Parsed",
    "Program",
    "Report",
    "RunResult",
    "Severity",
    "Targets",
    "bounds",
    "check",
    "compile",
    "ok",
    "parse",
    "run",
]
