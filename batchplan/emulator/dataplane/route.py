"""Method and path to operation. Literal segments match in any case; `{path*}` takes the rest of the path."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from batchplan.emulator.dataplane.call import Call
from batchplan.emulator.errors import refuse
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.wire.versions import at_least

Operation = Callable[[Call], Reply]
Args = dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """An operation at a method and a path, and the first and last api-version that has it."""

    method: str
    path: str
    operation: Operation
    since: str | None = None
    until: str | None = None

    def offered(self, version: str) -> bool:
        """Tell whether an api-version has the operation."""
        return (self.since is None or at_least(version, self.since)) and (
            self.until is None or at_least(self.until, version)
        )


class Router:
    """Finds the operation of a request among routes."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._exact: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
        self._open: list[tuple[list[str], Route]] = []
        for route in routes:
            parts = route.path.strip("/").split("/")
            if parts[-1].endswith("*}"):
                self._open.append((parts, route))
            else:
                self._exact.setdefault(_shelf(parts), []).append((parts, route))

    def find(self, method: str, path: str, version: str) -> tuple[Operation, Args]:
        """Return the operation and the path's parameters; the path is as sent, so that `%2F` divides nothing.

        Raise UnsupportedHttpVerb when the path has other methods only, ResourceNotFound when it is none.
        """
        given = [unquote(piece) for piece in path.partition("?")[0].strip("/").split("/")]
        found = [(route, args) for route, args in self._matches(given) if route.offered(version)]
        for route, args in found:
            if route.method == method:
                return route.operation, args
        raise refuse("UnsupportedHttpVerb" if found else "ResourceNotFound")

    def _matches(self, given: list[str]) -> list[tuple[Route, Args]]:
        found = [
            (route, args)
            for parts, route in self._exact.get(_shelf(given), [])
            if (args := _match(parts, given)) is not None
        ]
        for parts, route in self._open:
            rest = "/".join(given[len(parts) - 1 :])
            args = _match(parts[:-1], given[: len(parts) - 1]) if rest else None
            if args is not None:
                found.append((route, {**args, parts[-1][1:-2]: rest}))
        return found


def _shelf(parts: Sequence[str]) -> tuple[str, int]:
    """Return where routes of a path are kept: by its first word and its length."""
    return parts[0].partition("(")[0].lower(), len(parts)


def _match(parts: Sequence[str], given: Sequence[str]) -> Args | None:
    args: Args = {}
    for part, piece in zip(parts, given, strict=True):
        before, brace, name = part.partition("{")
        if not brace:
            if part != piece.lower():
                return None
            continue
        name, _, after = name.partition("}")
        inner = piece[len(before) : len(piece) - len(after)]
        if not inner or piece.lower() != f"{before}{inner}{after}".lower():
            return None
        args[name] = inner
    return args
