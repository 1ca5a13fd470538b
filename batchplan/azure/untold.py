"""What the service does not tell of a specification: whoever sends it back as it was read would take that away."""

from typing import Any


def signs_in_with_password(part: Any) -> bool:
    """Return whether a task in a specification signs in to a container registry with a password, which no answer has."""
    if isinstance(part, list):
        return any(map(signs_in_with_password, part))
    if not isinstance(part, dict):
        return False
    if "registryServer" in part or "username" in part:
        return bool(part.get("username")) and "password" not in part
    return any(map(signs_in_with_password, part.values()))
