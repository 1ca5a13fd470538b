"""Functions that evaluate templates. A fault inside one keeps its place in the template."""

from batchplan.core.source import Source
from batchplan.lang.functions.arguments import a
from batchplan.lang.functions.context import FunctionContext
from batchplan.lang.functions.filesystem import read_text
from batchplan.lang.functions.function import ArgumentError, Function, Parameter, function
from batchplan.lang.strangers import identifier_end
from batchplan.lang.types import DYNAMIC, STRING
from batchplan.lang.values import RECORDS, Value, type_of

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


def functions(context: FunctionContext) -> tuple[Function, ...]:
    """Return the functions of templates for a module."""

    @function("templatefile", Parameter("path", STRING), _VARIABLES, returns=DYNAMIC)
    def templatefile(path: str, given: Value) -> Value:
        """What the template in a file gives with variables; a lone interpolation keeps its type."""
        variables = _variables(given)
        return context.render(Source(path, read_text(context, path)), variables, NOT_INSIDE)

    @function("templatestring", Parameter("template", STRING), _VARIABLES, returns=STRING)
    def templatestring(template: str, given: Value) -> Value:
        """What a template in a string gives with variables."""
        return context.render(Source("templatestring()", template), _variables(given), NOT_INSIDE)

    return (templatefile, templatestring)
