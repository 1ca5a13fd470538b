"""Values of the root module's input variables, and which of several given ones counts.

Weakest first: `BATCHPLAN_VAR_name` in the environment, `batchplan.batchvars.hcl` (and `.json`),
`*.auto.batchvars.hcl` in order of name, then `-var` and `-var-file` in the order given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from batchplan.config.blocks import part
from batchplan.config.declarations import Module, Variable
from batchplan.config.files import parse_source, read_source
from batchplan.core.codes import (
    DEPRECATED,
    INVALID_VARIABLE_VALUE,
    LITERAL_REQUIRED,
    MISSING_VARIABLE,
    UNDECLARED_VARIABLE,
    UNKNOWN_BLOCK,
)
from batchplan.core.diagnostics import Diagnostic, Diagnostics, Fault, Severity
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Compiled
from batchplan.lang.convert import ConversionError
from batchplan.lang.functions.function import Function
from batchplan.lang.jsonsyntax import BodySchema
from batchplan.lang.parse import parse_expression
from batchplan.lang.typeexpr import ANY
from batchplan.lang.types import Primitive
from batchplan.lang.values import EPHEMERAL, SENSITIVE, UNKNOWN, Marked, Null, Unknown, Value, mark

PREFIX = "BATCHPLAN_VAR_"
DEFAULT_FILES = ("batchplan.batchvars.hcl", "batchplan.batchvars.json")
AUTO_SUFFIXES = (".auto.batchvars.hcl", ".auto.batchvars.json")


@dataclass(frozen=True, slots=True)
class Given:
    """A value given from outside. A text is read by the variable's type; a value is taken as it is."""

    name: str
    origin: Literal["environment", "file", "flag"]
    place: str
    text: str | None = None
    value: Value | None = None
    written: Compiled | None = None

    @property
    def at(self) -> Range | None:
        """Where its expression stands; None outside of files."""
        return self.written.range if self.written is not None else None


@dataclass(frozen=True, slots=True)
class VariableFlag:
    """`-var` or `-var-file`, as given."""

    kind: Literal["var", "file"]
    text: str


def collect(
    directory: Path, flags: Sequence[VariableFlag], variables: Mapping[str, str], diagnostics: Diagnostics
) -> list[Given]:
    """Return all values given, weakest first. `variables` is the process environment."""
    given = [
        Given(name.removeprefix(PREFIX), "environment", f"the environment variable {name}", text=text)
        for name, text in sorted(variables.items())
        if name.startswith(PREFIX) and name != PREFIX
    ]
    for path in _own_files(directory):
        given.extend(_file(path, path.name, diagnostics))
    for flag in flags:
        if flag.kind == "file":
            path = Path(flag.text)
            given.extend(_file(directory / path, flag.text, diagnostics, piped=True))
        else:
            given.extend(_flag(flag.text, diagnostics))
    return given


def _own_files(directory: Path) -> list[Path]:
    found = [directory / name for name in DEFAULT_FILES if (directory / name).exists()]
    try:
        names = sorted(path.name for path in directory.iterdir())
    except OSError:
        return found  # the loader of the configuration reports the folder
    return found + [directory / name for name in names if name.endswith(AUTO_SUFFIXES)]


def _flag(text: str, diagnostics: Diagnostics) -> list[Given]:
    name, equals, value = text.partition("=")
    if not equals:
        detail = f'-var needs NAME=VALUE, as in -var "size=3"; given was "{text}".'
        diagnostics.error(INVALID_VARIABLE_VALUE, detail)
        return []
    return [Given(name.strip(), "flag", f"-var {name.strip()}", text=value)]


def _file(path: Path, name: str, diagnostics: Diagnostics, *, piped: bool = False) -> list[Given]:
    source = read_source(path, name, diagnostics, piped=piped)
    parsed = parse_source(source, BodySchema(), diagnostics) if source is not None else None
    if parsed is None:
        return []
    for block in parsed.body.blocks:
        at = Range(parsed.source, block.start, block.header_end)
        detail = (
            f'A variables file holds lines like size = 3. Declare a variable in a *.batch.hcl file: {block.type} "…".'
        )
        diagnostics.error(UNKNOWN_BLOCK, detail, at)
    given = []
    for attribute in parsed.body.attributes.values():
        at = Range(parsed.source, attribute.expression.start, attribute.expression.end)
        compiled = compile_expression(attribute.expression, parsed.source, {})
        if compiled.references or compiled.calls:
            detail = "A value in a variables file must be written out: no references and no function calls."
            diagnostics.error(LITERAL_REQUIRED, detail, at)
            value: Value = UNKNOWN
        else:
            try:
                value = compiled.evaluate({})
            except Fault as error:
                diagnostics.add(error.diagnostic)
                value = UNKNOWN
        given.append(Given(attribute.name, "file", name, value=value, written=compiled))
    return given


def resolve(
    module: Module, given: Sequence[Given], functions: Mapping[str, Function], diagnostics: Diagnostics
) -> dict[str, Value]:
    """Return the value of each root variable; report missing, unfit and undeclared ones."""
    return resolve_some(module.variables, module, given, functions, diagnostics)


def resolve_some(
    wanted: Mapping[str, Variable],
    module: Module,
    given: Sequence[Given],
    functions: Mapping[str, Function],
    diagnostics: Diagnostics,
) -> dict[str, Value]:
    """Return the values of some root variables; report missing, unfit and undeclared ones."""
    strongest: dict[str, Given] = {}
    for one in given:
        if one.name in module.variables:
            strongest[one.name] = one
        else:
            _undeclared(one, module, diagnostics)
    return {name: _value(variable, strongest.get(name), functions, diagnostics) for name, variable in wanted.items()}


def _undeclared(one: Given, module: Module, diagnostics: Diagnostics) -> None:
    """The environment may hold values for other configurations; a file may too, but that deserves a word."""
    hint = did_you_mean(one.name, module.variables)
    if one.origin == "environment":
        return
    detail = f'{one.place} gives a value to "{one.name}", which is not declared.{hint}'
    if one.origin == "flag":
        diagnostics.error(UNDECLARED_VARIABLE, detail)
    else:
        diagnostics.add(Diagnostic(UNDECLARED_VARIABLE, detail, one.at, severity=Severity.WARNING))


def _value(
    variable: Variable, given: Given | None, functions: Mapping[str, Function], diagnostics: Diagnostics
) -> Value:
    if given is None:
        if variable.default is not None:
            return marked(variable, variable.default)
        detail = (
            f'The variable "{variable.name}" has no default and no value. Give one: -var "{variable.name}=…", '
            f"a line in batchplan.batchvars.hcl, or {PREFIX}{variable.name}."
        )
        diagnostics.error(MISSING_VARIABLE, detail, variable.at)
        return marked(variable, Unknown(variable.constraint.type))
    if variable.deprecated is not None:
        diagnostics.warning(
            DEPRECATED, f'The variable "{variable.name}" is deprecated: {variable.deprecated}', given.at
        )
    try:
        raw = given.value if given.value is not None else _read(variable, given, functions)
    except Fault as error:
        detail = f"{given.place} is no valid expression: {error.diagnostic.detail}"
        diagnostics.add(Diagnostic(INVALID_VARIABLE_VALUE, detail, given.at or error.diagnostic.at))
        return marked(variable, UNKNOWN)
    return accept(variable, raw, given.written, f"The value from {given.place}", diagnostics)


def _read(variable: Variable, given: Given, functions: Mapping[str, Function]) -> Value:
    """A text is itself where the type is a primitive or not given; otherwise it is an expression."""
    assert given.text is not None
    if variable.constraint is ANY or (
        isinstance(variable.constraint.type, Primitive) and variable.constraint.type.name != "dynamic"
    ):
        return given.text
    source = Source(given.place, given.text)
    return compile_expression(parse_expression(source), source, functions).evaluate({})


def accept(variable: Variable, raw: Value, written: Compiled | None, place: str, diagnostics: Diagnostics) -> Value:
    """Return a value as the variable takes it: defaulted when null, converted, marked; report what does not fit.

    `written` is the expression it comes from, where there is one; `place` begins the sentence about it.
    """
    plain = raw.value if isinstance(raw, Marked) else raw
    if type(plain) is Null and not variable.nullable:
        if variable.default is not None:
            return marked(variable, variable.default)
        detail = f'{place} is null, and the variable "{variable.name}" does not take null (nullable = false).'
        diagnostics.error(INVALID_VARIABLE_VALUE, detail, written.range if written else None, variable.at)
        return marked(variable, Unknown(variable.constraint.type))
    try:
        value = variable.constraint.accept(raw)
    except ConversionError as error:
        detail = f'{place} does not fit the variable "{variable.name}" of type {variable.constraint.type}: {error}.'
        at = part(written, error.path) if written is not None else None
        diagnostics.error(INVALID_VARIABLE_VALUE, detail, at, variable.at)
        value = Unknown(variable.constraint.type)
    return marked(variable, value)


def marked(variable: Variable, value: Value) -> Value:
    """Return the value with the marks of its variable."""
    if variable.sensitive:
        value = mark(value, SENSITIVE)
    return mark(value, EPHEMERAL) if variable.ephemeral else value
