"""The published formulas, where they are at hand."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

_PUBLISHED = Path(__file__).resolve().parents[3] / "../shared/research/autoscale-formulas.jsonl"


@dataclass(frozen=True, slots=True)
class Published:
    """A formula somebody published, and whether it is valid, suspicious or invalid."""

    formula: str
    verdict: str
    notes: str
    source: str


@pytest.fixture(scope="session")
def published() -> list[Published]:
    """Every published formula; skips where the collection is absent."""
    if not _PUBLISHED.exists():
        pytest.skip("the published formulas are not at hand")
    rows = map(json.loads, _PUBLISHED.read_text(encoding="utf-8").splitlines())
    return [Published(row["formula"], row["verdict"], row["notes"], row["source"]) for row in rows]
