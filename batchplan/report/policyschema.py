"""The form of `policy check -json`, as models; their JSON Schema is published in `docs/schemas/`."""

import json
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT_VERSION: Literal["1.0"] = "1.0"
PLACE = "batchplan/docs/schemas/policy-report.schema.json"
"""Where it is kept in the project; `python -m batchplan.report.policyschema` prints it."""

SeverityWord = Literal["info", "warning", "error"]
LevelWord = Literal["off", "advisory", "soft", "hard"]
OutcomeWord = Literal["pass", "fail", "unknown", "not_checked", "not_applicable"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlaceText(_Record):
    """Where something is written; lines and columns from 1, `end_column` exclusive."""

    file: str
    line: int = Field(ge=1)
    column: int = Field(ge=1)
    end_line: int | None = None
    end_column: int | None = None


class EditText(_Record):
    """A change that `batchplan fix` makes: the argument at a path gets a value; null removes it."""

    path: str
    value: Any


class FindingText(_Record):
    """One thing that a rule found."""

    rule: str = Field(description="id, such as BP1302; never used for another rule")
    name: str = Field(description="what it complains about, as a name")
    title: str
    family: str
    severity: SeverityWord
    level: LevelWord
    status: Literal["open", "suppressed", "baseline", "overridden"]
    blocks: bool = Field(description="whether it stops an apply")
    address: str = Field(description="of the object; empty for the plan as a whole")
    path: str = Field(description="of the field, from its object; empty for the object as a whole")
    message: str
    fingerprint: str = Field(
        pattern="^[0-9a-f]{16}$", description="stays the same when the wording, or another finding, changes"
    )
    expected: Any = None
    actual: Any = None
    remediation: str | None = None
    reason: str | None = Field(default=None, description="why it was suppressed or overridden")
    place: PlaceText | None = None
    edit: EditText | None = None


class VerdictText(_Record):
    """What one rule says about one object."""

    rule: str
    address: str
    outcome: OutcomeWord
    level: LevelWord
    reason: str | None = Field(default=None, description="why it could not be told, or does not apply")
    internal: Literal[True] | None = Field(default=None, description="the rule itself failed")


class Outcomes(_Record):
    """How many rules came out in which way, over all objects."""

    passed: int = Field(alias="pass")
    fail: int
    unknown: int
    not_checked: int
    not_applicable: int


class PolicyReport(_Record):
    """What policy says. Members are added within one format version, and none changes its meaning."""

    format_version: Literal["1.0"]
    batchplan_version: str
    policy_set: str
    as_of: date
    refused: bool = Field(description="whether an apply would be refused; the exit code is 3 then")
    outcomes: Outcomes
    findings: tuple[FindingText, ...] = Field(description="what stops an apply first, then worst first")
    undecided: tuple[VerdictText, ...] = Field(description="soft and hard rules that could not be told")
    verdicts: tuple[VerdictText, ...] | None = Field(default=None, description="with -all: each rule about each object")


def schema() -> dict[str, Any]:
    """Return the schema of a report, as JSON Schema 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://batchplan.invalid/policy-report/v{FORMAT_VERSION}.schema.json",
        **PolicyReport.model_json_schema(),
        "title": "What batchplan's policy says",
    }


def text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - the file is made from this
