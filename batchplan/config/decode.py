"""Syntax trees to declarations: each kind of top-level block has its function here."""

from collections.abc import Callable
from typing import Literal, TypeVar

from batchplan.config.blocks import BlockReader, is_name, items, labels_fit, part, unquoted
from batchplan.config.declarations import (
    DATA_KINDS,
    KINDS,
    Check,
    Condition,
    Import,
    Lifecycle,
    Local,
    Module,
    ModuleCall,
    Moved,
    Output,
    Provider,
    Raw,
    Removed,
    Repetition,
    Resource,
    Settings,
    Variable,
)
from batchplan.core.codes import (
    DUPLICATE_DECLARATION,
    INVALID_LIFECYCLE,
    INVALID_NAME,
    INVALID_VALUE,
    LITERAL_REQUIRED,
    META_ARGUMENT_CONFLICT,
    UNKNOWN_ARGUMENT,
    UNKNOWN_BLOCK,
)
from batchplan.core.diagnostics import Diagnostics, Fault
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compile import compile_expression
from batchplan.lang.convert import ConversionError
from batchplan.lang.nodes import Block, Body, Traversal
from batchplan.lang.typeexpr import ANY, Constraint, parse_type
from batchplan.lang.values import Null, Unknown, Value

T = TypeVar("T")

META_ARGUMENTS = frozenset({"count", "for_each", "enabled", "depends_on", "provider"})


def decode(body: Body, source: Source, module: Module, diagnostics: Diagnostics) -> None:
    """Add what a file declares to a module; report what it declares twice or wrongly."""
    for attribute in body.attributes.values():
        at = Range(source, attribute.start, attribute.name_end)
        detail = f'"{attribute.name}" stands outside of any block. A value with a name goes into a locals block.'
        diagnostics.error(UNKNOWN_ARGUMENT, detail, at)
    for block in body.blocks:
        since = len(diagnostics)
        handler = HANDLERS.get(block.type)
        if handler is not None:
            names, function = handler
            if labels_fit(block, source, names, diagnostics):
                function(BlockReader(block, source, diagnostics), module)
        elif block.type in KINDS:
            if labels_fit(block, source, ("name",), diagnostics):
                _resource(BlockReader(block, source, diagnostics), module)
        else:
            _unknown(block, source, diagnostics)
        diagnostics.within(since, block=header(block))


def header(block: Block) -> str:
    """Return the header of a block as a person would write it."""
    return " ".join([block.type, *(f'"{label.value}"' for label in block.labels)])


def _unknown(block: Block, source: Source, diagnostics: Diagnostics) -> None:
    at = Range(source, block.start, block.type_end)
    hint = did_you_mean(block.type, [*HANDLERS, *KINDS])
    foreign = {
        "resource": ' A resource is a block of its own kind: pool "main" { … }, not resource "pool" "main" { … }.',
        "terraform": " Settings go into a batchplan block.",
    }.get(block.type, hint)
    diagnostics.error(UNKNOWN_BLOCK, f'There is no top-level block "{block.type}".{foreign}', at)


def _declared(table: dict[str, T], name: str, made: T, reader: BlockReader, first: Range | None) -> None:
    """Add a declaration, or report that it has been there."""
    if first is not None:
        detail = f'"{name}" has been declared at {first}. Rename one of them, or remove it.'
        reader.diagnostics.error(DUPLICATE_DECLARATION, detail, reader.at)
        return
    table[name] = made


def _at(table: "dict[str, Variable] | dict[str, Output] | dict[str, ModuleCall]", name: str) -> Range | None:
    found = table.get(name)
    return found.at if found is not None else None


# Variables, locals, outputs.

RESERVED_VARIABLES = frozenset(
    {"source", "version", "providers", "count", "for_each", "enabled", "lifecycle", "depends_on", "locals"}
)
"""Names that mean something in a module block, where a variable's value is given."""


def _variable(reader: BlockReader, module: Module) -> None:
    name = reader.label(0)
    if name in RESERVED_VARIABLES:
        label = reader.block.labels[0]
        at = Range(reader.source, label.start, label.end)
        reader.diagnostics.error(
            INVALID_NAME, f'A variable cannot be called "{name}": a module block needs that word.', at
        )
    constraint = _constraint(reader)
    nullable = reader.flag("nullable", default=True)
    default = _default(reader, constraint, nullable=nullable)
    made = Variable(
        name=name,
        at=reader.at,
        constraint=constraint,
        default=default,
        description=reader.text("description") or "",
        sensitive=reader.flag("sensitive", default=False),
        nullable=nullable,
        ephemeral=reader.flag("ephemeral", default=False),
        const=reader.flag("const", default=False),
        deprecated=reader.text("deprecated"),
        validations=tuple(_conditions(reader, "validation")),
    )
    reader.finish()
    _declared(module.variables, name, made, reader, _at(module.variables, name))


def _constraint(reader: BlockReader) -> Constraint:
    found = reader.argument("type")
    if found is None:
        return ANY
    try:
        return parse_type(unquoted(found.expression, found.source), found.source)
    except Fault as error:
        reader.diagnostics.add(error.diagnostic)
        return ANY


def _default(reader: BlockReader, constraint: Constraint, *, nullable: bool) -> Value | None:
    """Return the default, None when there is none, and an unknown value for one that is not usable (reported)."""
    found = reader.argument("default")
    if found is None:
        return None
    compiled = compile_expression(found.expression, found.source, {})
    unusable = Unknown(constraint.type)
    if compiled.references or compiled.calls:
        detail = "A default must be written out: no references and no function calls. Compute it in a local instead."
        reader.diagnostics.error(LITERAL_REQUIRED, detail, found.range, reader.at)
        return unusable
    try:
        value = constraint.accept(compiled.evaluate({}))
    except Fault as error:
        reader.diagnostics.add(error.diagnostic)
        return unusable
    except ConversionError as error:
        detail = f"The default does not fit the type {constraint.type}: {error}."
        reader.diagnostics.error(INVALID_VALUE, detail, part(compiled, error.path), reader.at)
        return unusable
    if type(value) is Null and not nullable:
        reader.diagnostics.error(INVALID_VALUE, "The default is null, but the variable is not nullable.", found.range)
        return unusable
    return value


def _conditions(reader: BlockReader, kind: str) -> list[Condition]:
    made = []
    for block in reader.blocks(kind):
        inner = reader.inner(block)
        condition, message = inner.required("condition"), inner.required("error_message")
        inner.finish()
        if condition is not None and message is not None:
            made.append(Condition(condition, message, inner.at))
    return made


def _locals(reader: BlockReader, module: Module) -> None:
    for name, argument in reader.rest().items():
        first = module.locals.get(name)
        if first is not None:
            detail = f'"{name}" has been declared at {first.at}. A local has one value; remove one of them.'
            reader.diagnostics.error(DUPLICATE_DECLARATION, detail, argument.name_range)
        else:
            module.locals[name] = Local(name, argument)
    reader.finish()


def _output(reader: BlockReader, module: Module) -> None:
    name = reader.label(0)
    value = reader.required("value")
    typed = reader.block.body.attributes.get("type")
    description, deprecated = reader.text("description"), reader.text("deprecated")
    sensitive, ephemeral = reader.flag("sensitive", default=False), reader.flag("ephemeral", default=False)
    constraint = _constraint(reader)
    depends_on, preconditions = reader.traversals("depends_on"), tuple(_conditions(reader, "precondition"))
    reader.finish()
    if value is None:
        return
    output = Output(
        name=name,
        at=reader.at,
        value=value,
        description=description or "",
        sensitive=sensitive,
        ephemeral=ephemeral,
        deprecated=deprecated,
        constraint=constraint if typed is not None else None,
        depends_on=depends_on,
        preconditions=preconditions,
    )
    _declared(module.outputs, name, output, reader, _at(module.outputs, name))


# Modules and resources.


def _repetition(reader: BlockReader) -> Repetition:
    made = Repetition(reader.argument("count"), reader.argument("for_each"), reader.argument("enabled"))
    given = [argument for argument in (made.count, made.for_each, made.enabled) if argument is not None]
    if len(given) > 1:
        names = " and ".join(f'"{argument.name}"' for argument in given)
        detail = (
            f"{names} exclude each other; to switch a repeated block off, give it an empty for_each or a count of 0."
        )
        reader.diagnostics.error(META_ARGUMENT_CONFLICT, detail, given[1].name_range, reader.at)
        argument = given[0]
        return Repetition(**{argument.name: argument})
    return made


def _module(reader: BlockReader, module: Module) -> None:
    name = reader.label(0)
    source, version = reader.required("source"), reader.argument("version")
    repetition, providers = _repetition(reader), reader.argument("providers")
    depends_on = reader.traversals("depends_on")
    inputs = reader.rest()
    reader.finish()
    if source is None:
        return
    end = reader.block.body.end
    call = ModuleCall(
        name=name,
        at=reader.at,
        source=source,
        inputs=inputs,
        body_end=Range(reader.source, end, min(end + 1, len(reader.source.text))),
        version=version,
        repetition=repetition,
        depends_on=depends_on,
        providers=providers,
    )
    _declared(module.calls, name, call, reader, _at(module.calls, name))


def _data(reader: BlockReader, module: Module) -> None:
    made = _data_block(reader)
    if made is not None:
        first = module.resources.get(made.address)
        _declared(module.resources, made.address, made, reader, first.at if first else None)


def _data_block(reader: BlockReader) -> Resource | None:
    label = reader.block.labels[0]
    if label.value not in DATA_KINDS:
        at = Range(reader.source, label.start, label.end)
        detail = f'Nothing of kind "{label.value}" can be read.{did_you_mean(label.value, DATA_KINDS)}'
        reader.diagnostics.error(UNKNOWN_BLOCK, detail, at, reader.at)
        return None
    return _block(reader, kind=label.value, name=reader.label(1), data=True)


def _resource(reader: BlockReader, module: Module) -> None:
    made = _block(reader, kind=reader.block.type, name=reader.label(0), data=False)
    first = module.resources.get(made.address)
    _declared(module.resources, made.address, made, reader, first.at if first else None)


def _block(reader: BlockReader, *, kind: str, name: str, data: bool) -> Resource:
    lifecycle = reader.single("lifecycle")
    body = reader.block.body
    rest = {key: attribute for key, attribute in body.attributes.items() if key not in META_ARGUMENTS}
    nested = [block for block in body.blocks if block.type != "lifecycle"]
    return Resource(
        kind=kind,
        name=name,
        data=data,
        at=reader.at,
        source=reader.source,
        body=Body(rest, nested, body.start, body.end),
        repetition=_repetition(reader),
        depends_on=reader.traversals("depends_on"),
        provider=reader.argument("provider"),
        lifecycle=_lifecycle(reader.inner(lifecycle), data=data) if lifecycle is not None else Lifecycle(),
    )


def _lifecycle(reader: BlockReader, *, data: bool) -> Lifecycle:
    prevent = reader.argument("prevent_destroy")
    ignore = _ignore_changes(reader)
    triggers = reader.argument("replace_triggered_by")
    listed = items(triggers.expression) if triggers is not None else ()
    if triggers is not None and listed is None:
        detail = '"replace_triggered_by" must be a list of references, as in [pool.main.vm_size].'
        reader.diagnostics.error(INVALID_LIFECYCLE, detail, triggers.range, reader.at)
    if data and (prevent or ignore or triggers):
        wrong = next(iter(filter(None, (prevent, reader.argument("ignore_changes"), triggers))))
        detail = f'A data block only reads; "{wrong.name}" has no meaning in its lifecycle.'
        reader.diagnostics.error(INVALID_LIFECYCLE, detail, wrong.name_range, reader.at)
    made = Lifecycle(
        prevent_destroy=prevent,
        ignore_changes=ignore,
        replace_triggered_by=tuple(unquoted(item, reader.source) for item in listed or ()),
        preconditions=tuple(_conditions(reader, "precondition")),
        postconditions=tuple(_conditions(reader, "postcondition")),
    )
    reader.finish()
    return made


def _ignore_changes(reader: BlockReader) -> "Literal['all'] | tuple[Traversal, ...]":
    found = reader.argument("ignore_changes")
    if found is None:
        return ()
    node = unquoted(found.expression, found.source)
    if isinstance(node, Traversal) and node.root == "all" and not node.steps:
        return "all"
    listed = items(found.expression)
    if listed is None:
        detail = '"ignore_changes" must be a list of arguments, as in [fixed_scale, metadata], or the word all.'
        reader.diagnostics.error(INVALID_LIFECYCLE, detail, found.range, reader.at)
        return ()
    return tuple(reader.references(found, listed, "fixed_scale"))


# Checks, and blocks about addresses.


def _check(reader: BlockReader, module: Module) -> None:
    name = reader.label(0)
    assertions = tuple(_conditions(reader, "assert"))
    data = reader.single("data")
    inner = None
    if data is not None and labels_fit(data, reader.source, ("kind", "name"), reader.diagnostics):
        inner = _data_block(reader.inner(data))
    reader.finish()
    if not assertions:
        reader.diagnostics.error(INVALID_VALUE, "A check without an assert block checks nothing.", reader.at)
    first = module.checks.get(name)
    _declared(module.checks, name, Check(name, reader.at, assertions, inner), reader, first.at if first else None)


def _reference(reader: BlockReader, name: str) -> Traversal | None:
    found = reader.required(name)
    if found is None:
        return None
    node = unquoted(found.expression, found.source)
    if isinstance(node, Traversal):
        return node
    detail = f'"{name}" must be an address, as in pool.main or module.gpu, without quotes.'
    reader.diagnostics.error(INVALID_VALUE, detail, found.range, reader.at)
    return None


def _moved(reader: BlockReader, module: Module) -> None:
    origin, target = _reference(reader, "from"), _reference(reader, "to")
    reader.finish()
    if origin is not None and target is not None:
        module.moved.append(Moved(origin, target, reader.source, reader.at))


def _removed(reader: BlockReader, module: Module) -> None:
    origin = _reference(reader, "from")
    lifecycle = reader.single("lifecycle")
    destroy = True
    if lifecycle is not None:
        inner = reader.inner(lifecycle)
        destroy = inner.flag("destroy", default=True)
        inner.finish()
    reader.finish()
    if origin is not None:
        module.removed.append(Removed(origin, destroy, reader.source, reader.at))


def _import(reader: BlockReader, module: Module) -> None:
    target, identity = reader.required("to"), reader.required("id")
    for_each, provider = reader.argument("for_each"), reader.argument("provider")
    reader.finish()
    if target is not None and identity is not None:
        node = unquoted(target.expression, target.source)
        module.imports.append(Import(node, identity, reader.at, reader.source, for_each, provider))


# Settings, providers, policies.


def _settings(reader: BlockReader, module: Module) -> None:
    backend = reader.single("backend")
    if backend is not None:
        labels_fit(backend, reader.source, ("type",), reader.diagnostics)
    made = Settings(reader.at, reader.source, reader.block, reader.argument("required_version"), backend)
    reader.finish()
    module.settings.append(made)


def _provider(reader: BlockReader, module: Module) -> None:
    name, alias = reader.label(0), reader.text("alias")
    if name != "azure":
        label = reader.block.labels[0]
        at = Range(reader.source, label.start, label.end)
        reader.diagnostics.error(INVALID_VALUE, f'There is one provider, "azure", not "{name}".', at, reader.at)
        return
    if alias is not None and not is_name(alias):
        reader.diagnostics.error(INVALID_NAME, f'The alias "{alias}" is no name.', reader.at)
    key = (name, alias)
    if key in module.providers:
        hint = " Give this one an alias." if alias is None else ""
        detail = f"This provider has been declared at {module.providers[key].at}.{hint}"
        reader.diagnostics.error(DUPLICATE_DECLARATION, detail, reader.at)
        return
    rest = {name: found for name, found in reader.block.body.attributes.items() if name != "alias"}
    body = Body(rest, reader.block.body.blocks, reader.block.body.start, reader.block.body.end)
    module.providers[key] = Provider(name, alias, reader.at, reader.source, body)


def _policy(reader: BlockReader, module: Module) -> None:
    _raw(module.policies, reader)


def _policy_set(reader: BlockReader, module: Module) -> None:
    _raw(module.policy_sets, reader)


def _suppress(reader: BlockReader, module: Module) -> None:
    module.suppressions.append(Raw(reader.block, reader.source))


def _raw(table: dict[str, Raw], reader: BlockReader) -> None:
    name = reader.label(0)
    first = table.get(name)
    _declared(table, name, Raw(reader.block, reader.source), reader, first.at if first else None)


HANDLERS: dict[str, tuple[tuple[str, ...], Callable[[BlockReader, Module], None]]] = {
    "batchplan": ((), _settings),
    "check": (("name",), _check),
    "data": (("kind", "name"), _data),
    "import": ((), _import),
    "locals": ((), _locals),
    "module": (("name",), _module),
    "moved": ((), _moved),
    "output": (("name",), _output),
    "policy": (("name",), _policy),
    "policy_set": (("name",), _policy_set),
    "provider": (("name",), _provider),
    "removed": ((), _removed),
    "suppress": (("rule",), _suppress),
    "variable": (("name",), _variable),
}
"""Top-level blocks besides the resource kinds: the names of their labels, and who reads them."""
