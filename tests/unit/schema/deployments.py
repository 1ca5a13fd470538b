"""Public deployments, as bodies in the API's shape: `(label, kind, body)`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[3] / "../shared/research/real-deployments.jsonl"


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every account, pool, application, job and schedule; nothing when the file is not there."""
    if not FILE.is_file():
        return
    for line in FILE.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        accounts = [entry["account"], *entry.get("accounts", ())]
        yield from ((f"{entry['id']}/account", "account", one) for one in accounts if one)
        yield from ((f"{entry['id']}/pool", "pool", one) for one in entry["pools"])
        yield from ((f"{entry['id']}/job", "job", one) for one in entry["jobs"])
        yield from ((f"{entry['id']}/schedule", "job_schedule", one) for one in entry["job_schedules"])
        yield from ((f"{entry['id']}/application", "application", one) for one in entry["applications"])
