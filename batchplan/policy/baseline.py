"""Baselines: findings that were there on a day and are worked off; new ones count."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from batchplan.policy.context import Baselined


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FindingText(_Record):
    """A finding that was there."""

    fingerprint: str
    rule: str
    address: str
    path: str = ""


class BaselineDocument(_Record):
    """The baseline file."""

    format_version: Literal[1] = 1
    made_on: date
    findings: tuple[FindingText, ...]


def write_baseline(entries: Iterable[Baselined], made_on: date) -> str:
    """Return a baseline as text."""
    findings = tuple(
        FindingText(fingerprint=one.fingerprint, rule=one.rule, address=one.address, path=one.path) for one in entries
    )
    return BaselineDocument(made_on=made_on, findings=findings).model_dump_json(indent=1) + "\n"


def read_baseline(text: str | bytes) -> tuple[Baselined, ...]:
    """Return the findings of a baseline; raise ValueError for another document."""
    found = BaselineDocument.model_validate_json(text)
    return tuple(Baselined(one.fingerprint, one.rule, one.address, one.path) for one in found.findings)
