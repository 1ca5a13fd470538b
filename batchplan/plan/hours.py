"""When a schedule runs next, worked out as the service does it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from batchplan.schema.times import instant, seconds


def next_run(times: Mapping[str, Any], created: datetime, after: datetime, *, has_run: bool = False) -> datetime | None:
    """Return the first run of a schedule that comes later than a moment; None when there is none.

    Runs lie on a grid that begins with do_not_run_until, or with the schedule's creation where that is later or not
    set, and has the recurrence interval; without one there is a single run. None comes after do_not_run_after.
    """
    until = instant(str(times.get("do_not_run_until") or ""))
    start = max(until, created) if until is not None else created
    every = seconds(str(times.get("recurrence_interval") or ""))
    if every:
        step = timedelta(seconds=float(every))
        found = start if start > after else start + ((after - start) // step + 1) * step
    elif start > after:
        found = start
    elif not has_run:
        found = after
    else:
        return None
    last = instant(str(times.get("do_not_run_after") or ""))
    return None if last is not None and found > last else found
