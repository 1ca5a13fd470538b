"""The published JSON Schema of the state document."""

import json
from typing import Any

from batchplan.state.model import FORMAT_VERSION, StateDocument

PLACE = "state/state.schema.json"
"""Where it is kept in the project; `python -m batchplan.state.published` prints it."""


def schema() -> dict[str, Any]:
    """Return the schema of a state, as JSON Schema 2020-12."""
    made = StateDocument.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://batchplan.invalid/state/v{FORMAT_VERSION}.schema.json",
        **made,
        "title": "State of a batchplan workspace",
        "description": f"Format version {FORMAT_VERSION}. Secrets are not in it; where one stood is "
        '{"$secret": "<keyed hash>"}.',
    }


def text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - the file is made from this
