"""Who holds the lock of a state, for the one who has to wait."""

from datetime import UTC, datetime

from batchplan.core.codes import STATE_LOCKED
from batchplan.core.diagnostics import Diagnostic
from batchplan.ports import LockInfo


def locked(holder: LockInfo, now: datetime) -> Diagnostic:
    """Return who holds a lock, since when and for what, and what can be done."""
    since = holder.since.astimezone(UTC)
    detail = (
        f"{holder.who} holds the lock of this state: {holder.operation}, since {since:%Y-%m-%d %H:%M:%S} UTC "
        f"({_ago(now, since)}), process {holder.pid} on {holder.host}. Nothing was changed.\n"
        "\n"
        "To wait for it:              repeat the command with -lock-timeout=10m\n"
        f"If it does not run any more: batchplan force-unlock {holder.id}"
    )
    return Diagnostic(STATE_LOCKED, detail)


def _ago(now: datetime, since: datetime) -> str:
    seconds = max(0, round((now - since).total_seconds()))
    if seconds < 60:
        return f"{seconds}s ago"
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02d}s ago"
    return f"{seconds // 3600}h{seconds % 3600 // 60:02d}m ago"
