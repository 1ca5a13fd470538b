"""Tags of ARM resources."""

from dataclasses import dataclass
from typing import Any

from batchplan.schema.constraint import Constraint

Tags = dict[str, str]


@dataclass(frozen=True, slots=True)
class TagLimits(Constraint):
    """ARM's limits: 50 tags, names of 512 and values of 256 characters, names without <>%&\\?/."""

    def problem(self, value: dict[str, Any]) -> str | None:
        """Count, and look at each name and value."""
        if len(value) > 50:
            return f"There are {len(value)} tags; allowed are at most 50."
        for name, text in value.items():
            if not 1 <= len(name) <= 512 or any(letter in "<>%&\\?/" for letter in name):
                return f'"{name}" is no name of a tag; allowed are 1 to 512 characters, without <>%&\\?/.'
            if isinstance(text, str) and len(text) > 256:
                return f'The value of the tag "{name}" has {len(text)} characters; allowed are at most 256.'
        return None

    def describe(self) -> str:
        """Say the limits."""
        return "at most 50 tags"


TAGS = TagLimits()
