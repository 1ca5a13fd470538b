"""Every expression is worth what it is worth in Terraform, value and type, and fails where it fails there."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.ops.console import bare_session
from batchplan.report.values import type_text, value_text

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "oracle" / "corpus-open.jsonl"


def rows() -> list[dict[str, Any]]:
    if not CORPUS.is_file():
        return []
    return [json.loads(line, parse_float=Decimal) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def groups() -> list[str]:
    return sorted({row["group"] for row in rows()})


def same(left: Any, right: Any) -> bool:
    """Compare JSON data, numbers by value, true and 1 apart."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    return bool(left == right)


@pytest.mark.skipif(not CORPUS.is_file(), reason="the reference material is not here")
@pytest.mark.parametrize("group", groups())
def test_group_agrees_with_terraform(group: str, tmp_path: Path) -> None:
    """All expressions of a group agree."""
    session = bare_session(tmp_path)
    wrong = []
    for row in rows():
        if row["group"] != group:
            continue
        try:
            value = session.stored(row["expr"], attribute=row.get("mode") == "attr")
        except Fault as error:
            if row["ok"]:
                wrong.append(f"{row['expr']}: {error}")
            continue
        shown = json.loads(value_text(value), parse_float=Decimal)
        if not row["ok"] or not same(shown, row["value"]) or json.loads(type_text(value)) != row["type"]:
            wrong.append(f"{row['expr']}: {value_text(value)} of type {type_text(value)}")
    assert wrong == []
