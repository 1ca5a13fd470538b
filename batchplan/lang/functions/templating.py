"""Functions that evaluate templates. A fault inside one keeps its place in the template."""

from batchplan.core.source import Source
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.functions.arguments import a
from batchplan.lang.functions.context import FunctionContext
from batchplan.lang.functions.filesystem import read_text
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.strangers import identifier_end
from batchplan.lang.types import DYNAMIC, STRING
from batchplan.lang.values import RECORDS, Value, is_null, type_of

_VARIABLES = Parameter("vars", DYNAMIC)
NOT_INSIDE = frozenset({"templatefile", "templatestring"})
"""What a template may not call: a template that evaluates itself would never end."""


def _variables(given: Value) -> dict[str, Value]:
    if not isinstance(given, RECORDS):
        raise ArgumentError(1, f"it must be a map or object of the template's variables, not {a(type_of(given))}")
    for name in given.entries:
        if not name or identifier_end(name, 0) != len(name):
            rule = "a letter first, then letters, digits, _ and -"
            raise ArgumentError(1, f'"{name[:60]}" cannot be the name of a variable; names have {rule}')
    return given.entries


def _as_string(result: Value) -> Value:
    if is_null(result):
        raise FunctionError("what the template gives is null, not a string")
    try:
        return convert(result, STRING)
    except ConversionError as error:
        raise FunctionError(f"what the template gives does not fit: {error}") from None


def functions(context: FunctionContext) -> tuple[Function, ...]:
    """Return the functions of templates for a module."""

    @function("templatefile", Parameter("path", STRING), _VARIABLES, returns=DYNAMIC)
    def templatefile(path: str, given: Value) -> Value:
        """What the template in a file gives with variables; a lone interpolation keeps its type."""
        variables = _variables(given)
        return context.render(Source(path, read_text(context, path)), variables, NOT_INSIDE)

    @function("templatestring", Parameter("template", DYNAMIC), _VARIABLES, returns=STRING)
    def templatestring(template: Value, given: Value) -> Value:
        """What a template in a string gives with variables, as a string."""
        if type(template) is not str:
            raise ArgumentError(0, f"it must be a string, not {a(type_of(template))}")
        return _as_string(context.render(Source("templatestring()", template), _variables(given), NOT_INSIDE))

    return (templatefile, templatestring)
