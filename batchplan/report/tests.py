"""Results of tests: lines for people, and events for programs in Terraform's words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from batchplan.core.diagnostics import Diagnostic
from batchplan.report.diagnostics import as_json

WORDS = {"pass": "passed", "fail": "failed", "error": "could not be carried out", "skip": "skipped"}


def summary(statuses: Iterable[str]) -> str:
    """Return the last line: how many runs ended how."""
    count = Counter(statuses)
    parts = [f"{count[status]} {WORDS[status]}" for status in ("pass", "fail", "error", "skip")]
    shown = [part for part, status in zip(parts, WORDS, strict=True) if count[status] or status in ("pass", "fail")]
    return f"{'Failure' if count['fail'] or count['error'] else 'Success'}! {', '.join(shown)}."


def run_event(file: str, run: str, status: str, seconds: float, now: datetime) -> dict[str, Any]:
    """Return the event of a run that ended."""
    return {
        **_event("test_run", f'  "{run}"... {status}', now),
        "@testfile": file,
        "@testrun": run,
        "test_run": {
            "path": file,
            "run": run,
            "progress": "complete",
            "status": status,
            "elapsed": round(seconds * 1000),
        },
    }


def file_event(file: str, status: str, now: datetime) -> dict[str, Any]:
    """Return the event of a file that ended."""
    return {
        **_event("test_file", f"{file}... {status}", now),
        "@testfile": file,
        "test_file": {"path": file, "progress": "complete", "status": status},
    }


def diagnostic_event(file: str, run: str | None, found: Diagnostic, now: datetime) -> dict[str, Any]:
    """Return the event of a diagnostic."""
    made = {**_event("diagnostic", f"{found.severity.value.capitalize()}: {found.summary}", now), "@testfile": file}
    made["@level"] = "error" if found.severity.value == "error" else "warn"
    if run is not None:
        made["@testrun"] = run
    return {**made, "diagnostic": as_json(found)}


def summary_event(statuses: Sequence[str], worst: str, now: datetime) -> dict[str, Any]:
    """Return the last event."""
    count = Counter(statuses)
    return {
        **_event("test_summary", summary(statuses), now),
        "test_summary": {
            "status": worst,
            "passed": count["pass"],
            "failed": count["fail"],
            "errored": count["error"],
            "skipped": count["skip"],
        },
    }


def _event(kind: str, message: str, now: datetime) -> dict[str, Any]:
    return {
        "@level": "info",
        "@message": message,
        "@module": "batchplan.ui",
        "@timestamp": now.isoformat(),
        "type": kind,
    }
