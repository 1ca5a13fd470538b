"""What the service does not tell of a specification: whoever sends it back as it was read would take that away."""

from typing import Any

_REGISTRIES = ("registry", "containerRegistries")


def signs_in_with_password(part: Any) -> bool:
    """Return whether a task in a specification signs in to a container registry with a password, which no answer has."""
    if isinstance(part, list):
        return any(map(signs_in_with_password, part))
    if not isinstance(part, dict):
        return False
    return any(
        _has_password(value) if name in _REGISTRIES else signs_in_with_password(value) for name, value in part.items()
    )


def _has_password(registries: Any) -> bool:
    listed = registries if isinstance(registries, list) else [registries]
    return any(isinstance(one, dict) and bool(one.get("username")) for one in listed)
