"""Addresses: how a person, a plan and a state name a thing. `module.gpu.pool.render["eu"]`.

An address is a value with parts; its text is a view. `parse_address` reads the text form back.
"""

import json
import re
from dataclasses import dataclass, replace

Key = str | int | None
"""Which instance: a name from for_each, a number from count, None for neither."""


@dataclass(frozen=True, slots=True)
class ModuleStep:
    """One module call on the way: its name and, where it is repeated, which instance."""

    name: str
    key: Key = None

    def __str__(self) -> str:
        return f"module.{self.name}{key_text(self.key)}"


ModulePath = tuple[ModuleStep, ...]
"""The way from the root module to a module; empty for the root."""

ROOT: ModulePath = ()

_JSON = json.JSONEncoder(ensure_ascii=False)
"""Kept, because `json.dumps` makes a new one for each of thousands of keys."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of several objects that one instance stands for: what it is to the instance, and which."""

    word: str
    key: str

    def __str__(self) -> str:
        return f"{self.word}{key_text(self.key)}"


BACKUP, CANDIDATE, RETIRED = "backup", "candidate", "retired"
"""What an object may be to its instance: its stand-in in another region, its next generation, its last one."""


@dataclass(frozen=True, slots=True)
class Address:
    """An instance of a resource or data block, or, without a key, the block itself.

    `parts` name objects that belong to an instance besides the one it is: `pool.render.backup["north"]`,
    `pool.render.candidate["render-20261122t1013-9c02"]`, and those of a backup in turn.
    """

    module: ModulePath
    kind: str
    name: str
    key: Key = None
    data: bool = False
    parts: tuple[Part, ...] = ()

    def __str__(self) -> str:
        prefix = "".join(f"{step}." for step in self.module)
        suffix = "".join(f".{part}" for part in self.parts)
        return f"{prefix}{'data.' if self.data else ''}{self.kind}.{self.name}{key_text(self.key)}{suffix}"

    def part(self, word: str, key: str) -> "Address":
        """Return the address of a part of this object."""
        return replace(self, parts=(*self.parts, Part(word, key)))

    @property
    def instance(self) -> "Address":
        """The address of the instance that a part belongs to; of anything else, itself."""
        return replace(self, parts=()) if self.parts else self

    @property
    def successor(self) -> "Address | None":
        """The address that a candidate gets, or that a retired object had; None for anything else."""
        if not self.parts or self.parts[-1].word not in (CANDIDATE, RETIRED):
            return None
        return replace(self, parts=self.parts[:-1])

    def with_key(self, key: Key) -> "Address":
        """Return the address of an instance of the same block."""
        return replace(self, key=key)

    @property
    def block(self) -> "Address":
        """The address of the block in every instance of its modules: all keys dropped."""
        return replace(self, key=None, module=static(self.module), parts=())

    @property
    def sort_key(self) -> tuple[object, ...]:
        """A key that orders addresses by module, kind, name and then key, numbers by value."""
        steps = tuple((step.name, *_key_order(step.key)) for step in self.module)
        parts = tuple((part.word, part.key) for part in self.parts)
        return (len(steps), steps, self.data, self.kind, self.name, _key_order(self.key), parts)


def _key_order(key: Key) -> tuple[int, int, str]:
    match key:
        case None:
            return (0, 0, "")
        case int():
            return (1, key, "")
        case str():
            return (2, 0, key)


def static(path: ModulePath) -> ModulePath:
    """Return a module path without instance keys."""
    return tuple(ModuleStep(step.name) for step in path)


def key_text(key: Key) -> str:
    """Return `[0]`, `["a"]` or nothing."""
    match key:
        case None:
            return ""
        case int():
            return f"[{key}]"
        case str():
            return f"[{_JSON.encode(key).replace('${', '$${').replace('%{', '%%{')}]"


def path_text(path: ModulePath) -> str:
    """Return `module.a["x"].module.b`; empty for the root."""
    return ".".join(map(str, path))


class AddressError(ValueError):
    """A text that is no address, and why."""


_PARTS = frozenset({BACKUP, CANDIDATE, RETIRED})
_NAME = r"[^\W\d][\w-]*"
_STEP = re.compile(rf'(?P<name>{_NAME})(?:\[(?:(?P<number>\d+)|(?P<text>"(?:[^"\\]|\\.)*"))\])?(?:\.|$)')


def parse_address(text: str) -> Address:
    """Return the address a text names; raise AddressError saying what is wrong."""
    module, rest = _split_module(text)
    if not rest:
        raise AddressError(f'"{text}" names a module; the address of a resource goes on, as in {text}.pool.main')
    data = rest[0][0] == "data" and len(rest) >= 3
    if data:
        rest = rest[1:]
    parts = tuple(Part(word, key) for word, key in rest[2:] if word in _PARTS and isinstance(key, str))
    if len(rest) != 2 + len(parts) or rest[0][1] is not None or rest[0][0] == "data":
        raise AddressError(f'"{text}" is no address; one looks like pool.main, pool.main["a"] or module.m.pool.main')
    return Address(module, rest[0][0], rest[1][0], rest[1][1], data, parts)


def parse_module_path(text: str) -> ModulePath:
    """Return the module path a text names; raise AddressError."""
    module, rest = _split_module(text)
    if rest or not module:
        raise AddressError(f'"{text}" is no module address; one looks like module.gpu or module.gpu["a"]')
    return module


def _split_module(text: str) -> tuple[ModulePath, list[tuple[str, Key]]]:
    steps = _steps(text)
    module: list[ModuleStep] = []
    while len(steps) >= 2 and steps[0] == ("module", None):
        module.append(ModuleStep(*steps[1]))
        steps = steps[2:]
    return tuple(module), steps


def _steps(text: str) -> list[tuple[str, Key]]:
    steps: list[tuple[str, Key]] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (found.end() == len(text) and text.endswith(".")):
            raise AddressError(f'"{text}" is no address: "{text[at:]}" is not understood')
        key: Key = None
        if found["number"] is not None:
            key = int(found["number"])
        elif found["text"] is not None:
            try:
                key = str(json.loads(found["text"])).replace("$${", "${").replace("%%{", "%{")
            except ValueError:
                raise AddressError(f'"{text}" is no address: {found["text"]} is no string') from None
        steps.append((found["name"], key))
        at = found.end()
    if not steps:
        raise AddressError("an address must not be empty")
    return steps
