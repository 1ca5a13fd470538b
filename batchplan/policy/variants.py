"""A pool and its backups, each as the pool that it stands for."""

from collections.abc import Iterator

from batchplan.policy.subject import Subject, View
from batchplan.schema.backup import merged


def variants(pool: Subject, *names: str) -> Iterator[View]:
    """Yield the pool, and each of its backups that says something else about one of the members.

    What a backup takes over from its pool is said once, at the pool. Name `account_id`, which every backup has, where
    the account counts as well.
    """
    yield pool
    for own in pool.items("backup"):
        if any(own.has(name) for name in names):
            yield View(pool.kind, merged(pool.node, own.node), own.at)


def called(pool: Subject, view: View) -> str:
    """Return what a pool or its backup is called in a sentence."""
    return f'backup "{view.at[-1]}" of {pool.address}' if view.at else str(pool.address)


def scale_path(view: View) -> str:
    """Return the path of what sets a pool's size."""
    return view.path("auto_scale.formula" if view.has("auto_scale") else "fixed_scale")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 node`, `2 nodes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
