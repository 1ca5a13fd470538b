"""Documents: a resource as plain data in snake_case, holding only what is set.

A leaf is a string, a number, a truth value or data; `UNKNOWN` stands where a value is not known before apply,
`Secret` wraps what must not be shown. Repeated blocks are lists, blocks with a label are mappings by label.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Document: TypeAlias = dict[str, Any]


class _Unknown:
    """The one value that is not known yet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> "_Unknown":
        return self

    def __deepcopy__(self, memo: object) -> "_Unknown":
        return self

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


class Secret:
    """A value that is shown nowhere by itself. Two are equal when what they hold is."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        assert not isinstance(value, Secret), "a secret is wrapped once"
        self._value = value

    def reveal(self) -> Any:
        """Return what it holds, for the one who sends or hashes it."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, repr(self._value)))

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not serialised")


def reveal(value: Any) -> Any:
    """Return what a secret holds, any other value as it is."""
    return value.reveal() if isinstance(value, Secret) else value


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield path and value of everything that holds nothing itself; empty lists and mappings are leaves."""
    if isinstance(node, Mapping) and node:
        for name, part in node.items():
            yield from leaves(part, (*path, name))
    elif isinstance(node, list) and node:
        for at, part in enumerate(node):
            yield from leaves(part, (*path, at))
    else:
        yield path, node


def leaf_values(document: Mapping[str, Any]) -> list[Any]:
    """Return the values of all leaves in no order; without paths it takes a fraction of the time of `leaves`."""
    found: list[Any] = []
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
        else:
            found.append(node)
    return found


def at(document: Any, path: Path) -> Any:
    """Return what stands at a path, None when nothing does."""
    for step in path:
        document = _inside(document, step)
    return document


def _inside(node: Any, step: str | int) -> Any:
    if isinstance(node, Mapping):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node):
        return node[step]
    return None


def mask(node: Any, shown: str = "(sensitive)") -> Any:
    """Return a copy that can be printed: secrets replaced by a word."""
    if isinstance(node, Secret):
        return shown
    if isinstance(node, Mapping):
        return {name: mask(part, shown) for name, part in node.items()}
    if isinstance(node, list):
        return [mask(part, shown) for part in node]
    return node


def path_text(path: Path) -> str:
    """Return a path as people write it: `start_task.resource_file[0].http_url`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
