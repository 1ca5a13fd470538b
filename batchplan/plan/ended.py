"""Jobs that have ended: the service takes no change of them, and what they were to become is said, not done."""

from batchplan.plan.change import Cause
from batchplan.plan.diff import Sides, differences
from batchplan.schema.rule import listed

_WISHES = frozenset({Cause.CONFIG, Cause.UNSET})


def too_late(sides: Sides) -> tuple[str, ...]:
    """Return a note on what the configuration has changed of a job since; that its pool has gone on is no wish of its own."""
    fields = (one for one in differences("job", sides) if one.cause in _WISHES and one.mutability != "create")
    names = sorted({str(one.path[0]) for one in fields} - {"pool_info"})
    if not names:
        return ()
    return (f"it has ended, and the service takes no change of {listed(names, 'and')}; a job with another name has it",)
