"""All blocks inside of an object, however deep."""

from collections.abc import Iterator, Mapping

from batchplan.policy.subject import View


def blocks(view: View, *names: str) -> Iterator[View]:
    """Yield the blocks of some types that stand anywhere inside of a block. What is not known yet is passed over."""
    for name, value in view.node.items():
        for at, inner in _each(value):
            found = View(view.kind, inner, (*view.at, name, *at))
            if name in names:
                yield found
            yield from blocks(found, *names)


def _each(value: object) -> Iterator[tuple[tuple[int, ...], Mapping[str, object]]]:
    if isinstance(value, Mapping):
        yield (), value
    elif isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, Mapping):
                yield (at,), item
