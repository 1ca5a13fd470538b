"""What a plan makes of an object, as rules ask it."""

from batchplan.plan.change import Action, FieldChange
from batchplan.policy.subject import Subject


def destroyed(subject: Subject) -> bool:
    """Return whether an object is deleted in Azure; one that is only forgotten, or gone already, is not."""
    return subject.action is Action.DELETE and subject.strategy != "forget"


def keeps(subject: Subject, *paths: str) -> bool:
    """Return whether an object that is there stays as it is in these fields: nothing is made that could fail."""
    stays = subject.action in (Action.NOOP, Action.UPDATE)
    return stays and not any(subject.changed(path) for path in paths)


def node_count(pool: Subject) -> int:
    """Return how many nodes a pool has now. Raises as `Subject.fact` does."""
    return int(pool.fact("current_dedicated_nodes") or 0) + int(pool.fact("current_low_priority_nodes") or 0)


def counted(subject: Subject) -> tuple[FieldChange, ...]:
    """Return the fields whose change is made now; a label's waits for the next replacement."""
    return tuple(one for one in subject.fields if not one.deferred)


def listed(names: list[str], most: int = 5) -> str:
    """Return names as people read them: the first few, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
