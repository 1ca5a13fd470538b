"""Who is at it."""

import getpass


def user_name() -> str:
    """Return the name of the user, as the system tells it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
