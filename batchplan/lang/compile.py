"""Syntax tree to closures: each expression is compiled once and evaluated many times.

A closure takes an environment, a dict from names to values, and returns a value or raises `Fault`.
A name may stand for a `Namespace` instead, which works out the value of `var.x` or `pool.a["k"]` when
it is asked. Names bound by a `for` or a splat live in the same dict, in a copy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from batchplan.core.codes import (
    AMBIGUOUS_KEY,
    INVALID_OBJECT_KEY,
    INVALID_TEMPLATE_VALUE,
    TOO_LARGE,
)
from batchplan.core.diagnostics import Fault, fault
from batchplan.core.source import Range, Source
from batchplan.lang import access, calls, loops, numbers, operations
from batchplan.lang.compiled import Closure, Compiled, Environment, Namespace, follow, traversal
from batchplan.lang.conditions import choose, decide, static_type
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.functions.function import Function
from batchplan.lang.nodes import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Number,
    ObjectConstructor,
    ObjectKey,
    Parentheses,
    RelativeTraversal,
    Splat,
    SplatElement,
    Step,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    TupleConstructor,
    Unary,
    Wrapped,
)
from batchplan.lang.templates import join_text, normalised
from batchplan.lang.types import STRING, friendly
from batchplan.lang.values import (
    NO_MARKS,
    NULL,
    UNKNOWN,
    Marks,
    Null,
    ObjectValue,
    TupleValue,
    Unknown,
    Value,
    mark,
    type_of,
    unmark,
)


def compile_expression(
    node: Expression, source: Source, functions: Mapping[str, Function], *, console: bool = False
) -> Compiled:
    """Return a syntax tree as closures. Unknown functions are faults of evaluation, as `try` expects.

    In the console there is one function more: type().
    """
    compiler = Compiler(source, functions, console=console)
    run = compiler.compile(node, frozenset())
    return Compiled(node, source, run, tuple(compiler.references), tuple(compiler.calls), repeats=compiler.repeats)


@dataclass(slots=True)
class Compiler:
    """One compilation: what it may call, and what it has met."""

    source: Source
    functions: Mapping[str, Function]
    console: bool = False
    references: list[Traversal] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    repeats: bool = False
    """Whether there is a loop."""

    def at(self, node: Expression | ObjectKey | Step) -> Range:
        """Return where a node stands."""
        return Range(self.source, node.start, node.end)

    def compile(self, node: Expression, bound: frozenset[str]) -> Closure:
        """Return the closure of a node; `bound` are the names that loops around it have bound.

        What is wrong with the node whatever its values are is a fault of its evaluation too, so that
        `try` and `can` see it.
        """
        try:
            return self._compile(node, bound)
        except Fault as error:
            return _failing(error)

    def _compile(self, node: Expression, bound: frozenset[str]) -> Closure:
        match node:
            case Literal(value=value):
                constant: Value = NULL if value is None else normalised(value) if isinstance(value, str) else value
                return lambda _: constant
            case Number():
                return self._number(node)
            case Traversal(root=root):
                if root not in bound:
                    self.references.append(node)
                return traversal(node, self.source)
            case Wrapped(inner=inner) | Parentheses(inner=inner):
                return self.compile(inner, bound)
            case Template(parts=parts):
                return self._template(parts, bound)
            case TemplateIf():
                return self._template_if(node, bound)
            case Conditional():
                return self._conditional(node, bound)
            case Binary():
                return operations.compile_binary(self, node, bound)
            case Unary():
                return operations.compile_unary(self, node, bound)
            case Call():
                self.calls.append(node)
                return calls.compile_call(self, node, bound)
            case TupleConstructor(items=items):
                return self._tuple(items, bound)
            case ObjectConstructor():
                return self._object(node, bound)
            case Index():
                return self._index(node, bound)
            case RelativeTraversal():
                return self._relative(node, bound)
            case For():
                self.repeats = True
                return loops.compile_for(self, node, bound)
            case TemplateFor():
                self.repeats = True
                return loops.compile_template_for(self, node, bound)
            case Splat():
                return loops.compile_splat(self, node, bound)
            case SplatElement():
                return _splat_element(loops.splat_name(node))

    def _number(self, node: Number) -> Closure:
        try:
            number = numbers.parse(node.text)
        except ValueError as error:
            raise fault(TOO_LARGE, f"{str(error).capitalize()}.", self.at(node)) from None
        return lambda _: number

    def _template(self, parts: Sequence[Expression], bound: frozenset[str]) -> Closure:
        pieces = [self.piece(part, bound) for part in parts]
        return lambda environment: join_text([piece(environment) for piece in pieces], self.at(parts[0]))

    def piece(self, node: Expression, bound: frozenset[str]) -> Closure:
        """Return the closure of a part of a template, which gives a string (or an unknown one)."""
        if isinstance(node, Literal) and isinstance(node.value, str):
            text = normalised(node.value)
            return lambda _: text
        run = self.compile(node, bound)

        def convert_part(environment: Environment) -> Value:
            value = run(environment)
            return value if type(value) is str else self._as_text(value, node)

        return convert_part

    def _as_text(self, value: Value, node: Expression) -> Value:
        plain, marks = unmark(value)
        if type(plain) is Null:
            detail = 'This value is null; a template needs a string. Give it a default, as in coalesce(x, "").'
            raise fault(INVALID_TEMPLATE_VALUE, detail, self.at(node))
        try:
            return mark(convert(plain, STRING), marks)
        except ConversionError:
            what = friendly(type_of(plain))
            detail = (
                f"A template needs a string, a number or a bool here, not {what}. "
                'To show a collection, choose a form for it: join(", ", x) or jsonencode(x).'
            )
            raise fault(INVALID_TEMPLATE_VALUE, detail, self.at(node)) from None

    def _template_if(self, node: TemplateIf, bound: frozenset[str]) -> Closure:
        condition = self.compile(node.condition, bound)
        then = [self.piece(part, bound) for part in node.then]
        otherwise = [self.piece(part, bound) for part in node.otherwise or ()]
        at, place = self.at(node.condition), self.at(node)

        def run(environment: Environment) -> Value:
            chosen, marks = decide(condition(environment), at)
            if chosen is None:
                return mark(Unknown(STRING, not_null=True), marks)
            pieces = then if chosen else otherwise
            return mark(join_text([piece(environment) for piece in pieces], place), marks)

        return run

    def _conditional(self, node: Conditional, bound: frozenset[str]) -> Closure:
        condition = self.compile(node.condition, bound)
        then, otherwise = self.compile(node.then, bound), self.compile(node.otherwise, bound)
        at, place = self.at(node.condition), self.at(node)
        types = (static_type(node.then), static_type(node.otherwise))
        alike = _literal_type(node.then) is not None and _literal_type(node.then) is _literal_type(node.otherwise)

        def run(environment: Environment) -> Value:
            chosen, marks = decide(condition(environment), at)
            if alike and chosen is not None:
                return mark(then(environment) if chosen else otherwise(environment), marks)
            return mark(choose(chosen, lambda: then(environment), lambda: otherwise(environment), place, types), marks)

        return run

    def _tuple(self, items: Sequence[Expression], bound: frozenset[str]) -> Closure:
        closures = [self.compile(item, bound) for item in items]
        return lambda environment: TupleValue([closure(environment) for closure in closures])

    def _object(self, node: ObjectConstructor, bound: frozenset[str]) -> Closure:
        fixed: list[tuple[str, Closure]] = []
        items: list[tuple[Closure, Closure, ObjectKey]] = []
        for key, value in node.items:
            name = self._fixed_key(key)
            run = self.compile(value, bound)
            if name is not None:
                fixed.append((name, run))
                items.append((lambda _, name=name: name, run, key))  # type: ignore[misc]
            else:
                items.append((self.compile(key.expression, bound), run, key))
        if len(fixed) == len(items):
            return lambda environment: ObjectValue({name: run(environment) for name, run in fixed})
        return lambda environment: self._build_object(items, environment)

    def _fixed_key(self, key: ObjectKey) -> str | None:
        expression = key.expression
        if isinstance(expression, Traversal):
            if expression.steps:
                detail = (
                    "A bare key is a name. Put an expression in parentheses, as in (a.b) = 1, "
                    "or a name with a dot in quotes."
                )
                raise fault(AMBIGUOUS_KEY, detail, self.at(key))
            return normalised(expression.root)
        if isinstance(expression, Literal) and expression.value is None:
            return "null"
        if isinstance(expression, Literal) and isinstance(expression.value, str):
            return normalised(expression.value)
        return None

    def _build_object(self, items: "Sequence[tuple[Closure, Closure, ObjectKey]]", environment: Environment) -> Value:
        made: dict[str, Value] = {}
        marks: Marks = NO_MARKS
        known = True
        for key, run, node in items:
            name, more = self.object_key(key(environment), self.at(node))
            marks |= more
            value = run(environment)
            if name is None:
                known = False
            else:
                made[name] = value
        return mark(ObjectValue(made) if known else UNKNOWN, marks)

    def object_key(self, value: Value, at: Range) -> tuple[str | None, Marks]:
        """Return a key as text (None when unknown) and its marks; raise Fault for null or a container."""
        plain, marks = unmark(value)
        if type(plain) is Null:
            raise fault(INVALID_OBJECT_KEY, "The key is null; it must be a string.", at)
        try:
            name = convert(plain, STRING)
        except ConversionError:
            what = friendly(type_of(plain))
            raise fault(INVALID_OBJECT_KEY, f"The key must be a string, not {what}.", at) from None
        return (name if isinstance(name, str) else None), marks

    def _index(self, node: Index, bound: frozenset[str]) -> Closure:
        collection, key = self.compile(node.collection, bound), self.compile(node.key, bound)
        at, place = self.at(node.key), self.at(node)

        def run(environment: Environment) -> Value:
            value = collection(environment)
            try:
                return access.index(value, key(environment))
            except access.AccessError as error:
                raise fault(error.code, error.detail, at, place) from None

        return run

    def _relative(self, node: RelativeTraversal, bound: frozenset[str]) -> Closure:
        start, steps = self.compile(node.source, bound), node.steps
        return lambda environment: follow(start(environment), steps, self.source, node)


def _splat_element(name: str) -> Closure:
    def run(environment: Environment) -> Value:
        value = environment[name]
        assert not isinstance(value, Namespace), "splats bind values"
        return value

    return run


def _failing(error: Fault) -> Closure:
    def fail(_: Environment) -> Value:
        raise error

    return fail


def _literal_type(node: Expression) -> type | None:
    """The type of an expression that has always one and cannot fail; None otherwise."""
    if isinstance(node, Literal) and node.value is not None:
        return type(node.value)
    return Number if isinstance(node, Number) else None
