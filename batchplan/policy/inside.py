"""All blocks inside of an object, however deep."""

from collections.abc import Iterator, Mapping

from batchplan.policy.model import NotKnownYet
from batchplan.policy.subject import View
from batchplan.schema.document import UNKNOWN, leaves, path_text

TEXTS = frozenset({"command_line", "value", "container_run_options", "mount_options", "blobfuse_options"})
"""Fields that nodes take as they are: commands, values of variables, options."""


def blocks(view: View, *names: str) -> Iterator[View]:
    """Yield the blocks of some types that stand anywhere inside of a block. What is not known yet is passed over."""
    for name, value in view.node.items():
        for at, inner in _each(value):
            found = View(view.kind, inner, (*view.at, name, *at))
            if name in names:
                yield found
            yield from blocks(found, *names)


def texts(view: View) -> Iterator[tuple[str, str]]:
    """Yield path and text of all that nodes take as it is. Raises NotKnownYet after the last when some is not known."""
    unknown = None
    for path, value in leaves(view.node):
        if path[-1] in TEXTS:
            if value is UNKNOWN:
                unknown = path
            elif isinstance(value, str):
                yield path_text((*view.at, *path)), value
    if unknown is not None:
        raise NotKnownYet(path_text((*view.at, *unknown)))


def _each(value: object) -> Iterator[tuple[tuple[int, ...], Mapping[str, object]]]:
    if isinstance(value, Mapping):
        yield (), value
    elif isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, Mapping):
                yield (at,), item
