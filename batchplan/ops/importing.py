"""Taking over what exists: what an id means, and the block that would have made the object."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from batchplan.config.evaluate import Evaluated
from batchplan.core.address import Address, AddressError, parse_address
from batchplan.core.codes import INVALID_ADDRESS, INVALID_IMPORT_ID
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.remote import Remote
from batchplan.core.suggest import did_you_mean
from batchplan.lang.write import BlockText, Expression, write
from batchplan.plan.intents import Adoption, remote_of_id
from batchplan.schema.document import UNKNOWN, Secret
from batchplan.schema.normal import is_void
from batchplan.schema.registry import KINDS
from batchplan.schema.rule import OneOf
from batchplan.schema.shape import Argument, Nested, Shape
from batchplan.state.document import by_address
from batchplan.state.document import remote_of as remote_of_record
from batchplan.state.model import StateDocument
from batchplan.state.secrets import is_placeholder

FORMS = {
    "account": "",
    "application": "/applications/NAME",
    "application_package": "/applications/NAME/versions/VERSION",
    "pool": "/pools/ID",
    "job": "/jobs/ID",
    "job_schedule": "/jobSchedules/ID",
}
"""What follows the ARM id of the account in the id of each kind."""

ACCOUNT_FORM = "/subscriptions/…/resourceGroups/…/providers/Microsoft.Batch/batchAccounts/…"


def adoption(address: str, id: str) -> Adoption:  # noqa: A002 - the word of the command
    """Return what `import ADDRESS ID` asks for; raise UserError when one is none, or they do not fit each other."""
    try:
        target = parse_address(address)
    except AddressError as problem:
        raise UserError([Diagnostic(INVALID_ADDRESS, f"{problem}.")]) from None
    if target.kind not in KINDS or target.data:
        hint = did_you_mean(target.kind, KINDS)
        raise UserError([Diagnostic(INVALID_ADDRESS, f"{address} is of no kind that can be imported.{hint}")])
    return Adoption(target, remote_of(target.kind, id))


def remote_of(kind: str, id: str) -> Remote:  # noqa: A002
    """Return the object of a kind that an id stands for; raise UserError that shows the form of such an id."""
    wanted = f"The id of a {kind.replace('_', ' ')} looks like {ACCOUNT_FORM}{FORMS[kind]}."
    try:
        found = remote_of_id(id.strip().rstrip("/"))
    except ValueError:
        url = " It is no address of the data plane." if id.startswith("http") else ""
        raise UserError([Diagnostic(INVALID_IMPORT_ID, f'"{id}" is no id of an object.{url} {wanted}')]) from None
    if found.kind != kind:
        raise UserError([Diagnostic(INVALID_IMPORT_ID, f'"{id}" is the id of a {found.kind}. {wanted}')])
    return found


# Configuration for what exists.


def known_references(evaluated: Evaluated, state: StateDocument) -> dict[str, str]:
    """Return expressions for the ids of accounts, applications and pools that the root module declares and the state has.

    That of a pool is worth its id in Batch, which jobs name, and changes with each replacement.
    """
    declared = {instance.address for instance in evaluated.instances}
    return {
        remote_of_record(record).id: reference
        for address, record in by_address(state).items()
        if address in declared and (reference := reference_to(address)) is not None
    }


def reference_to(address: Address) -> str | None:
    """Return what others in the root module call an object by; None for one that nothing refers to, or in a module."""
    if address.module or address.kind not in ("account", "application", "pool"):
        return None
    return f"{address}.{'pool_id' if address.kind == 'pool' else 'id'}"


def generate_config(
    kind: str, name: str, document: Mapping[str, Any], references: Mapping[str, str] | None = None
) -> str:
    """Return the block that declares an object as it is, and a variable for each secret that it needs.

    Written is what is set, can be set, and is not the default. `references` gives expressions for values that
    other blocks have, such as `account.west.id` for the id of an account; ids are compared without case.
    """
    known = {value.lower(): text for value, text in (references or {}).items()}
    writer = _Writer(name, known, str(document.get("account_id", "")))
    block = writer.block(kind, (name,), KINDS[kind].shape, document, ())
    return write([block, *writer.variables.values()])


@dataclass(slots=True)
class _Writer:
    """Turns one document into blocks."""

    name: str
    references: Mapping[str, str]
    account_id: str
    variables: dict[str, BlockText] = field(default_factory=dict)

    def block(
        self, kind: str, labels: tuple[str, ...], shape: Shape, document: Mapping[str, Any], path: tuple[str, ...]
    ) -> BlockText:
        """Return a block with all that is set in it."""
        arguments = {
            argument.name: value
            for argument in sorted(shape.arguments.values(), key=_is_optional)
            for value in self._argument(argument, document, path)
        }
        arguments |= {name: self._variable((*path, name)) for name in _hidden(shape, document)}
        blocks = [
            block
            for nested in sorted(shape.blocks.values(), key=_is_optional)
            for block in self._nested(nested, document.get(nested.name), path)
        ]
        return BlockText(kind, labels, arguments, blocks)

    def _argument(self, argument: Argument, document: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Any]:
        """Yield the value to write, nothing where there is none to write."""
        value = document.get(argument.name)
        if isinstance(value, Secret) or is_placeholder(value) or (value is None and _needs_secret(argument)):
            yield self._variable((*path, argument.name))
        elif value is not None and value is not UNKNOWN and (argument.required or value != argument.fact.default):
            yield self._value(value, (*path, argument.name))

    def _value(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, Secret):
            return self._variable(path)
        if isinstance(value, str):
            whole = f"{self.account_id}/pools/{value}" if path[-1] == "pool_id" else value
            text = self.references.get(whole.lower())
            return Expression(text) if text is not None else value
        if isinstance(value, Mapping):
            return {name: self._value(part, (*path, name)) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._value(part, (*path, str(at))) for at, part in enumerate(value)]
        return value

    def _nested(self, nested: Nested, value: Any, path: tuple[str, ...]) -> Iterator[BlockText]:
        if value is None or value is UNKNOWN:
            return
        inner = (*path, nested.name)
        if nested.nesting == "single" and (is_void(nested, value) or _says_nothing(nested, value)):
            return
        if nested.nesting == "single":
            yield self.block(nested.name, (), nested.shape, value, inner)
        elif nested.nesting == "list":
            for at, part in enumerate(value):
                own = inner if len(value) == 1 else (*inner, _name_of(part, at))
                yield self.block(nested.name, (), nested.shape, part, own)
        else:
            for label, part in value.items():
                yield self.block(nested.name, (label,), nested.shape, part, (*inner, label))

    def _variable(self, path: tuple[str, ...]) -> Expression:
        """Return a reference to a variable made for a secret."""
        name = _identifier("_".join((self.name, *path)))
        told = f"A secret of {self.name} that Azure does not tell: {'.'.join(path)}"
        arguments = {"type": Expression("string"), "sensitive": True, "description": told}
        self.variables[name] = BlockText("variable", (name,), arguments)
        return Expression(f"var.{name}")


def _is_optional(member: Argument | Nested) -> bool:
    return not member.required


def _needs_secret(argument: Argument) -> bool:
    return argument.required and argument.fact.sensitive and not argument.fact.readable


def _hidden(shape: Shape, document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a secret for each choice between members of which none is there: it is the one that Azure does not tell."""
    for rule in shape.rules:
        if isinstance(rule, OneOf) and all(document.get(name) is None for name in rule.names):
            secrets = (shape.arguments[name] for name in rule.names if name in shape.arguments)
            found = next((one.name for one in secrets if one.fact.sensitive and not one.fact.readable), None)
            if found is not None:
                yield found


def _says_nothing(nested: Nested, value: Mapping[str, Any]) -> bool:
    """Whether a block that may be left out holds only what must be in it, and that is the default."""
    arguments = nested.shape.arguments
    return (
        not nested.required
        and bool(value)
        and all(
            name in arguments and arguments[name].required and part == arguments[name].fact.default
            for name, part in value.items()
        )
    )


def _name_of(part: Any, at: int) -> str:
    named = part.get("name") if isinstance(part, Mapping) else None
    return named if isinstance(named, str) and named else str(at)


def _identifier(text: str) -> str:
    made = "".join(letter if letter.isascii() and (letter.isalnum() or letter == "_") else "_" for letter in text)
    return made if not made[:1].isdigit() else f"_{made}"
