"""What a rule is asked about: an object, or a block in it, whose fields are read by path.

Reading is what keeps a rule honest. A field that is not known yet raises `NotKnownYet`, a secret `NotLooked`; the
engine makes outcomes of them, so that a rule can neither forget nor confuse them with a value.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, FieldChange
from batchplan.policy.model import Inapplicable, NotKnownYet, NotLooked
from batchplan.schema.backup import merged
from batchplan.schema.document import UNKNOWN, Path, Secret, leaves, path_text
from batchplan.schema.lookup import NoSuchField, fact

_PLAIN = frozenset({str, int, float, bool})
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@lru_cache(maxsize=4096)
def steps_of(path: str) -> Path:
    """Return the steps of a path in text: `start_task.resource_files[0].http_url`."""
    return tuple(name or int(number) for name, number in _STEP.findall(path))


@lru_cache(maxsize=4096)
def default_of(kind: str, path: Path) -> Any:
    """Return the service's default of a field, None where it has none. List positions are left out of the path."""
    try:
        return fact(kind, path).default
    except NoSuchField:
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written; lines and columns from 1, `end_column` exclusive."""

    file: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A block, read by path. `at` is where it stands in its object; `node` what it holds."""

    kind: str
    node: Mapping[str, Any]
    at: Path = ()

    def path(self, name: str = "") -> str:
        """Return the path of a member from its object, as a finding names it."""
        return path_text((*self.at, *steps_of(name)))

    def raw(self, path: str) -> Any:
        """Return what stands at a path as it is, None when nothing does: `UNKNOWN` and `Secret` too.

        For asking whether something is said at all. Below a block that is not known, nothing is.
        """
        node: Any = self.node
        for step in steps_of(path):
            if type(node) is dict:  # nearly always; to ask an abstract class costs ten times as much
                node = node.get(step)
            elif node is None:
                return None
            elif isinstance(node, Mapping):
                node = node.get(step)
            elif isinstance(node, (list, tuple)) and isinstance(step, int) and step < len(node):
                node = node[step]
            elif node is UNKNOWN:
                return UNKNOWN
            else:
                return None
        return node

    def has(self, path: str) -> bool:
        """Return whether something is said there; what is not known yet, or secret, is said. Empty lists are not."""
        found = self.raw(path)
        return found is not None and found not in ([], {})

    def get(self, path: str) -> Any:
        """Return the value at a path; what the service takes when it is unset; None when it takes nothing.

        A list or mapping is plain data. Where the block around the field is not there, the answer is None. Raises
        NotKnownYet for what is known only after apply, and NotLooked for a secret.
        """
        found = self.raw(path)
        if found is None:
            steps = steps_of(path)
            parent = self.raw(path_text(steps[:-1])) if len(steps) > 1 else self.node
            if parent is None:
                return None
            return default_of(self.kind, tuple(one for one in (*self.at, *steps) if isinstance(one, str)))
        if type(found) in _PLAIN:
            return found
        for _, leaf in leaves(found):
            if leaf is UNKNOWN:
                raise NotKnownYet(self.path(path))
            if isinstance(leaf, Secret):
                raise NotLooked(f"{self.path(path)} is a secret, and those are not looked at")
        return found

    def text(self, path: str) -> str:
        """Return a text at a path, empty when there is none. Raises as `get` does."""
        found = self.get(path)
        return found if isinstance(found, str) else ""

    def number(self, path: str) -> int:
        """Return a whole number at a path, 0 when there is none. Raises as `get` does."""
        found = self.get(path)
        return int(found) if isinstance(found, (int, float)) else 0

    def block(self, path: str) -> "View | None":
        """Return the block at a path, None when there is none. Raises NotKnownYet when that is not known."""
        found = self.raw(path)
        if found is None:
            return None
        if found is UNKNOWN:
            raise NotKnownYet(self.path(path))
        if type(found) is dict or isinstance(found, Mapping):
            return View(self.kind, found, (*self.at, *steps_of(path)))
        return None

    def need(self, path: str) -> "View":
        """Return the block at a path; without it the rule does not apply."""
        found = self.block(path)
        if found is None:
            raise Inapplicable(f"there is no {self.path(path)}")
        return found

    def items(self, path: str) -> "Iterator[View]":
        """Yield the blocks of a list, or of a map by label, each with its path. Raises NotKnownYet."""
        found = self.raw(path)
        if not found:  # none at all, for most lists
            return
        steps = (*self.at, *steps_of(path))
        if found is UNKNOWN:
            raise NotKnownYet(self.path(path))
        pairs = found.items() if isinstance(found, Mapping) else enumerate(found)
        for name, item in pairs:
            if item is UNKNOWN:
                raise NotKnownYet(path_text((*steps, name)))
            if type(item) is dict or isinstance(item, Mapping):
                yield View(self.kind, item, (*steps, name))


@dataclass(frozen=True, slots=True, eq=False)
class Subject(View):
    """An object with all that is known of it; `node` is the document that will be, or, for one that goes, that was.

    `action` is None where nothing was planned, as in validate. `observed` and `facts` are what is live (`facts`: what
    is not configuration, such as `allocation_state`); None and empty where it was not looked at, or is not there.
    `payload` is what the `for_each` of a policy block yields.
    """

    address: Address = field(kw_only=True)
    remote: Remote | None = None
    action: Action | None = None
    before: Mapping[str, Any] | None = None
    fields: tuple[FieldChange, ...] = ()
    strategy: str | None = None
    replaced_by: Remote | None = None
    observed: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    locate: Callable[[str], Place | None] | None = None
    prevent_destroy: bool = False
    payload: Any = None

    @property
    def name(self) -> str:
        """What people call it in a sentence: what Azure calls it, or its address."""
        return self.remote.name if self.remote is not None else str(self.address)

    @property
    def going(self) -> bool:
        """Whether it is to be deleted for good."""
        return self.action is Action.DELETE

    @property
    def live(self) -> bool:
        """Whether it is there now."""
        return self.observed is not None

    def changed(self, path: str) -> FieldChange | None:
        """Return the difference of a field or of something inside of it, None when it stays."""
        steps = steps_of(path)
        return next((one for one in self.fields if one.path[: len(steps)] == steps), None)

    def fact(self, name: str) -> Any:
        """Return what is live of it beside its configuration; without it the rule is not checked."""
        if self.observed is None:
            raise Inapplicable("it is not there yet")
        if name not in self.facts:
            raise NotLooked(f"{name} of {self.address} was not read")
        return self.facts[name]

    def place(self, path: str = "") -> Place | None:
        """Return where a field is written, or the block around it; None where that is not known."""
        return self.locate(path) if self.locate is not None else None

    def backups(self) -> "Iterator[tuple[str, View]]":
        """Yield the backups of a pool by label, each as the pool that it stands for, overrides merged in."""
        for view in self.items("backup"):
            yield str(view.at[-1]), View(self.kind, merged(self.node, view.node), view.at)


NO_ADDRESS = Address((), "", "")
NOTHING = Subject("", {}, address=NO_ADDRESS)
"""The subject of rules about the whole plan."""
