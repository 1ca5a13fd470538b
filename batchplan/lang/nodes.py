"""The syntax tree: plain slotted classes with offsets into their source.

Nodes are data: they hold no source, know nothing of evaluation, and are never changed once the parser
has handed them out. They are not frozen, because a frozen dataclass costs three times as much to make
and a large configuration has millions. `start` and `end` are offsets in the text, `end` exclusive.
"""

from dataclasses import dataclass

from batchplan.core.source import Source


@dataclass(slots=True, eq=False)
class Literal:
    """true, false, null, or a string without template sequences."""

    value: str | bool | None
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Number:
    """A number as written."""

    text: str
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Template:
    """A quoted or heredoc template: literals and other expressions, to be joined."""

    parts: "list[Expression]"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Wrapped:
    """A template that is one interpolation, `"${x}"`: worth what x is worth, type and all."""

    inner: "Expression"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class TemplateIf:
    """`%{ if c }…%{ else }…%{ endif }`; `otherwise` is None without an else."""

    condition: "Expression"
    then: "list[Expression]"
    otherwise: "list[Expression] | None"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class TemplateFor:
    """`%{ for k, v in x }…%{ endfor }`."""

    key: str | None
    value: str
    collection: "Expression"
    body: "list[Expression]"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class StepAttribute:
    """`.name`"""

    name: str
    start: int
    end: int


@dataclass(slots=True, eq=False)
class StepIndex:
    """`[0]`, `["a"]` or the legacy `.0`: a key that is a literal."""

    key: "str | Number"
    start: int
    end: int


Step = StepAttribute | StepIndex


@dataclass(slots=True, eq=False)
class Traversal:
    """`a.b[0]`: a name and literal steps from it."""

    root: str
    steps: list[Step]
    start: int
    end: int


@dataclass(slots=True, eq=False)
class RelativeTraversal:
    """Literal steps from the result of another expression: `f(x).b`."""

    source: "Expression"
    steps: list[Step]
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Index:
    """`x[k]` with a computed key."""

    collection: "Expression"
    key: "Expression"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Splat:
    """`x[*].y` (full) or `x.*.y`: `each` is evaluated for every element, found under its `SplatElement`."""

    source: "Expression"
    each: "Expression"
    element: "SplatElement"
    full: bool
    start: int
    end: int


@dataclass(slots=True, eq=False)
class SplatElement:
    """Stands for the present element inside a splat."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class Call:
    """`name(args)`; with `expand`, the last argument is spread (`...`)."""

    name: str
    arguments: "list[Expression]"
    expand: bool
    start: int
    end: int
    name_end: int


@dataclass(slots=True, eq=False)
class Conditional:
    """`c ? t : f`"""

    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Binary:
    """`left operator right`"""

    operator: str
    left: "Expression"
    right: "Expression"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Unary:
    """`-x` or `!x`"""

    operator: str
    operand: "Expression"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class TupleConstructor:
    """`[a, b]`"""

    items: "list[Expression]"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class ObjectConstructor:
    """`{ a = 1, (k) = 2 }`"""

    items: "list[tuple[ObjectKey, Expression]]"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class ObjectKey:
    """The key of an item: a bare name means itself, in parentheses it is an expression."""

    expression: "Expression"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class For:
    """`[for k, v in x : e if c]` and `{for k, v in x : e => e...}`."""

    key: str | None
    value: str
    collection: "Expression"
    key_result: "Expression | None"
    result: "Expression"
    condition: "Expression | None"
    group: bool
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Parentheses:
    """`(x)`"""

    inner: "Expression"
    start: int
    end: int


Expression = (
    Literal
    | Number
    | Template
    | Wrapped
    | TemplateIf
    | TemplateFor
    | Traversal
    | RelativeTraversal
    | Index
    | Splat
    | SplatElement
    | Call
    | Conditional
    | Binary
    | Unary
    | TupleConstructor
    | ObjectConstructor
    | For
    | Parentheses
)


@dataclass(slots=True, eq=False)
class Attribute:
    """`name = expression`; called an argument once it stands in a block with a meaning.

    `origin` is the text it stands in where that is another one than its block's: an override file.
    """

    name: str
    expression: Expression
    start: int
    name_end: int
    end: int
    origin: Source | None = None


@dataclass(slots=True, eq=False)
class Label:
    """A label of a block, quoted or bare."""

    value: str
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Block:
    """`type "label" { … }`. `type_end` ends the type name; `header_end` the last label; `origin` as for attributes."""

    type: str
    labels: list[Label]
    body: "Body"
    start: int
    type_end: int
    header_end: int
    end: int
    origin: Source | None = None


@dataclass(slots=True, eq=False)
class Body:
    """Attributes by name and blocks in order; `end` is the offset of the closing brace, or of the end of the file."""

    attributes: dict[str, Attribute]
    blocks: list[Block]
    start: int
    end: int


@dataclass(slots=True, eq=False)
class File:
    """A parsed native-syntax file."""

    source: Source
    body: Body
