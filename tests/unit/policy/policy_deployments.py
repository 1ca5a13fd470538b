"""Public deployments as contexts: what people deploy, in the form that rules look at."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import ACCOUNT_PATTERN, Remote
from batchplan.policy.context import Context
from batchplan.policy.subject import Subject
from batchplan.schema.api import from_api

TODAY = date(2026, 11, 22)
KINDS = {"application": "applications", "pool": "pools", "job": "jobs", "job_schedule": "job_schedules"}


def contexts(folder: Path) -> Iterator[tuple[str, Context]]:
    """Yield each deployment by its id."""
    for line in (folder / "research" / "real-deployments.jsonl").read_text(encoding="utf-8").splitlines():
        deployment = json.loads(line)
        yield deployment["id"], Context(tuple(_subjects(deployment)), TODAY)


def _subjects(deployment: dict[str, Any]) -> Iterator[Subject]:
    body = deployment["account"]
    name = str(body["name"]) if body else "unnamed"
    account_id = ACCOUNT_PATTERN.format("0", "rg", name)
    if body:
        document = {**from_api("account", body), "name": name, "resource_group_name": "rg"}
        yield Subject(
            "account", document, address=Address((), "account", "main"), remote=Remote("account", account_id, name)
        )
    for kind, key in KINDS.items():
        for at, part in enumerate(deployment[key]):
            own = part.get("name") or part["id"]
            document = {**from_api(kind, part), "account_id": account_id, "name": own}
            yield Subject(
                kind, document, address=Address((), kind, f"{kind}{at}"), remote=Remote(kind, account_id, own)
            )
