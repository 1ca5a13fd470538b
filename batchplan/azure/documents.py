"""Answers as documents: what of an answer is configuration."""

from collections.abc import Mapping
from typing import Any


def document_of(kind: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the document of an object as Azure shows it."""
    found: Mapping[str, Any] = answer if kind in {"job", "job_schedule"} else answer.get("properties") or {}
    return found
