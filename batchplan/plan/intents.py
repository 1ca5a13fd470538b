"""What `moved`, `removed` and `import` blocks ask for, as values: addresses, and objects in Azure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from batchplan.config.declarations import Import
from batchplan.config.evaluate import Evaluated
from batchplan.core.address import (
    ROOT,
    Address,
    AddressError,
    Key,
    ModulePath,
    key_text,
    parse_address,
    parse_module_path,
)
from batchplan.core.codes import INVALID_IMPORT_ID, INVALID_MOVE
from batchplan.core.diagnostics import Diagnostics, Fault
from batchplan.core.remote import ACCOUNT_PATTERN, Remote
from batchplan.core.source import Range
from batchplan.lang import numbers
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Environment
from batchplan.lang.nodes import Index, StepAttribute, Traversal
from batchplan.lang.values import ObjectValue, is_known, pairs, unmark

Place = Address | ModulePath
"""A resource, an instance of one, a module, or an instance of one."""


@dataclass(frozen=True, slots=True)
class Move:
    """What was at one place is at another now."""

    origin: Place
    target: Place
    at: Range | None = None

    def new_address(self, address: Address) -> Address | None:
        """Return where an object goes, None when the move is not about it."""
        if isinstance(self.origin, Address) and isinstance(self.target, Address):
            # What belongs to an instance, such as its backups, goes along.
            if self.origin == address.instance:
                return replace(self.target, parts=address.parts)
            whole = self.origin.key is None and self.target.key is None
            if not whole or address.instance.with_key(None) != self.origin:
                return None
            return replace(self.target, key=address.key, parts=address.parts)
        if isinstance(self.origin, tuple) and isinstance(self.target, tuple):
            return _in_module(address, self.origin, self.target)
        return None


def _in_module(address: Address, origin: ModulePath, target: ModulePath) -> Address | None:
    inner = address.module[: len(origin)]
    rest = address.module[len(origin) :]
    if inner == origin:
        return replace(address, module=(*target, *rest))
    whole = origin[-1].key is None and target[-1].key is None and len(inner) == len(origin)
    if whole and inner[:-1] == origin[:-1] and inner[-1].name == origin[-1].name:
        return replace(address, module=(*target[:-1], replace(target[-1], key=inner[-1].key), *rest))
    return None


def _is_within(path: ModulePath, outer: ModulePath) -> bool:
    pairs = zip(path, outer, strict=False)
    return len(path) >= len(outer) and all(a.name == b.name and b.key in (None, a.key) for a, b in pairs)


@dataclass(frozen=True, slots=True)
class Removal:
    """What is no longer declared: destroyed, or only forgotten."""

    origin: Place
    destroy: bool
    at: Range | None = None

    def covers(self, address: Address) -> bool:
        """Return whether an object is meant; what is named without a key means every instance of it."""
        if isinstance(self.origin, Address):
            whole = replace(
                self.origin, module=address.module, key=address.key if self.origin.key is None else self.origin.key
            )
            exact = len(address.module) == len(self.origin.module)
            return exact and address.instance == whole and _is_within(address.module, self.origin.module)
        return _is_within(address.module, self.origin)


@dataclass(frozen=True, slots=True)
class Adoption:
    """An object that exists and is to be taken over at an address."""

    address: Address
    remote: Remote
    at: Range | None = None


class NotAnAddress(ValueError):
    """An import that does not say what goes where."""


@dataclass(frozen=True, slots=True)
class Intents:
    """All that the blocks ask for."""

    moves: tuple[Move, ...] = ()
    removals: tuple[Removal, ...] = ()
    adoptions: tuple[Adoption, ...] = ()


def intents(evaluated: Evaluated, diagnostics: Diagnostics) -> Intents:
    """Return what the moved, removed and import blocks of a configuration ask for; report what makes no sense."""
    moves: list[Move] = []
    removals: list[Removal] = []
    for path, instances in evaluated.modules.items():
        module = evaluated.tree.modules[path].node.module
        for instance in instances:
            for declared in module.moved:
                origin, target = place(declared.origin, instance.path), place(declared.target, instance.path)
                if origin is None or target is None or type(origin) is not type(target):
                    detail = "A resource moves to a resource, and a module to a module; say both by address."
                    diagnostics.error(INVALID_MOVE, detail, declared.at)
                else:
                    moves.append(Move(origin, target, declared.at))
            for removed in module.removed:
                gone = place(removed.origin, instance.path)
                if gone is None:
                    diagnostics.error(INVALID_MOVE, '"from" is no address of a resource or module.', removed.at)
                else:
                    removals.append(Removal(gone, removed.destroy, removed.at))
    adoptions = [one for block in evaluated.root.module.imports for one in _adoptions(block, evaluated, diagnostics)]
    return Intents(tuple(moves), tuple(removals), tuple(adoptions))


def _adoptions(declared: Import, evaluated: Evaluated, diagnostics: Diagnostics) -> Iterator[Adoption]:
    compiled = compile_expression(declared.id.expression, declared.id.source, evaluated.root.functions)
    for scope in _scopes(declared, evaluated):
        try:
            address = _target(declared, scope, evaluated)
            plain, _ = unmark(compiled.run(scope))
            if not isinstance(plain, str):
                raise NotAnAddress("The id must be a text that is known when planning")
            remote = remote_of_id(plain)
            if remote.kind != address.kind:
                raise NotAnAddress(f'"{plain}" is the id of a {remote.kind}, and {address} is a {address.kind}')
            yield Adoption(address, remote, declared.at)
        except Fault as error:
            diagnostics.add(error.diagnostic)
        except ValueError as error:
            diagnostics.error(INVALID_IMPORT_ID, f"{error}.", declared.id.range, declared.at)


def _scopes(declared: Import, evaluated: Evaluated) -> Iterator[Environment]:
    names = evaluated.instance.names
    if declared.for_each is None:
        yield names
        return
    found = declared.for_each
    value, _ = unmark(compile_expression(found.expression, found.source, evaluated.root.functions).run(names))
    for key, element in pairs(value) if is_known(value) else ():
        yield {**names, "each": ObjectValue({"key": key, "value": element})}


def _target(declared: Import, scope: Environment, evaluated: Evaluated) -> Address:
    """Return the address an import leads to; its last key may be an expression, such as each.key."""
    node = declared.target
    key: Key = None
    if isinstance(node, Index):
        compiled = compile_expression(node.key, declared.source, evaluated.root.functions)
        found, _ = unmark(compiled.run(scope))
        key = found if isinstance(found, str) else int(str(found))
        node = node.collection
    made = place(node, ROOT) if isinstance(node, Traversal) else None
    if not isinstance(made, Address):
        raise NotAnAddress('"to" must be the address of a resource, as in pool.main')
    return made if key is None else made.with_key(key)


def place(node: Traversal, module: ModulePath) -> Place | None:
    """Return the address that a reference means within a module, None when it is none."""
    text = node.root
    for step in node.steps:
        if isinstance(step, StepAttribute):
            text += f".{step.name}"
        else:
            text += key_text(step.key if isinstance(step.key, str) else numbers.truncate(numbers.parse(step.key.text)))
    try:
        found = parse_address(text)
    except AddressError:
        try:
            return (*module, *parse_module_path(text))
        except AddressError:
            return None
    return replace(found, module=(*module, *found.module))


_ACCOUNT = (
    r"(?P<account>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Batch/batchAccounts/(?P<name>[^/]+))"
)
_FORMS: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(_ACCOUNT + rest, re.IGNORECASE)
    for kind, rest in {
        "account": "",
        "application": "/applications/(?P<child>[^/]+)",
        "application_package": "/applications/(?P<child>[^/]+)/versions/(?P<version>[^/]+)",
        "pool": "/pools/(?P<child>[^/]+)",
        "job": "/jobs/(?P<child>[^/]+)",
        "job_schedule": "/jobSchedules/(?P<child>[^/]+)",
    }.items()
}


def remote_of_id(text: str) -> Remote:
    """Return the object that an ARM id, or a job's or schedule's id in the same form, stands for; raise ValueError."""
    for kind, form in _FORMS.items():
        found = form.fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            return Remote(kind, parts["account"], parts.get("child") or parts["name"], parts.get("version") or "")
    example = ACCOUNT_PATTERN.format("SUBSCRIPTION", "GROUP", "ACCOUNT")
    raise ValueError(f'"{text}" is no id of an object of Azure Batch; one looks like {example}/pools/POOL')
