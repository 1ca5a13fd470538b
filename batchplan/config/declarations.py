"""What the blocks of one module declare, before anything is evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from batchplan.core.source import Range, Source
from batchplan.lang.nodes import Attribute, Block, Body, Expression, Traversal
from batchplan.lang.typeexpr import ANY, Constraint
from batchplan.lang.values import Value

KINDS = ("account", "application", "application_package", "pool", "job", "job_schedule")
"""Resource kinds: each is a block type of its own, and the first word of an address."""

DATA_KINDS = ("account", "pool", "supported_images", "vm_sizes", "location_quota")
"""What a data block can read."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as written: its attribute and the text it stands in."""

    attribute: Attribute
    source: Source

    @property
    def name(self) -> str:
        """Its name."""
        return self.attribute.name

    @property
    def expression(self) -> Expression:
        """Its expression."""
        return self.attribute.expression

    @property
    def range(self) -> Range:
        """Where its expression stands."""
        return Range(self.source, self.attribute.expression.start, self.attribute.expression.end)

    @property
    def name_range(self) -> Range:
        """Where its name stands."""
        return Range(self.source, self.attribute.start, self.attribute.name_end)


@dataclass(frozen=True, slots=True)
class Condition:
    """A validation, precondition, postcondition or assertion."""

    condition: Argument
    error_message: Argument
    at: Range


@dataclass(frozen=True, slots=True)
class Variable:
    """An input variable. `default` is None when there is none; then a value is required."""

    name: str
    at: Range
    constraint: Constraint = ANY
    default: Value | None = None
    description: str = ""
    sensitive: bool = False
    nullable: bool = True
    ephemeral: bool = False
    const: bool = False
    deprecated: str | None = None
    validations: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Local:
    """A named expression."""

    name: str
    value: Argument

    @property
    def at(self) -> Range:
        """Where it is declared."""
        return self.value.name_range


@dataclass(frozen=True, slots=True)
class Output:
    """A value a module gives to its caller."""

    name: str
    at: Range
    value: Argument
    description: str = ""
    sensitive: bool = False
    ephemeral: bool = False
    deprecated: str | None = None
    constraint: Constraint | None = None
    depends_on: tuple[Traversal, ...] = ()
    preconditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Repetition:
    """How often a block stands for something: at most one of the three is given."""

    count: Argument | None = None
    for_each: Argument | None = None
    enabled: Argument | None = None

    @property
    def argument(self) -> Argument | None:
        """The one that is given."""
        return self.count or self.for_each or self.enabled


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A use of another module. `inputs` are all arguments that are not the language's own."""

    name: str
    at: Range
    source: Argument
    inputs: Mapping[str, Argument]
    body_end: Range
    version: Argument | None = None
    repetition: Repetition = field(default_factory=Repetition)
    depends_on: tuple[Traversal, ...] = ()
    providers: Argument | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The lifecycle block. `ignore_changes` is None for nothing, `all`, or paths."""

    prevent_destroy: Argument | None = None
    ignore_changes: Literal["all"] | tuple[Traversal, ...] = ()
    replace_triggered_by: tuple[Expression, ...] = ()
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource or data block; `body` is without meta-arguments and the lifecycle block."""

    kind: str
    name: str
    data: bool
    at: Range
    source: Source
    body: Body
    repetition: Repetition = field(default_factory=Repetition)
    depends_on: tuple[Traversal, ...] = ()
    provider: Argument | None = None
    lifecycle: Lifecycle = field(default_factory=Lifecycle)

    @property
    def address(self) -> str:
        """Its address within its module."""
        return f"{'data.' if self.data else ''}{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class Check:
    """Assertions that warn. `data` is read for them alone."""

    name: str
    at: Range
    assertions: tuple[Condition, ...]
    data: Resource | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What had one address has another now; both are addresses of resources or of modules."""

    origin: Traversal
    target: Traversal
    source: Source
    at: Range


@dataclass(frozen=True, slots=True)
class Removed:
    """What is no longer declared; `destroy` says whether the object goes too, or is only forgotten."""

    origin: Traversal
    destroy: bool
    source: Source
    at: Range


@dataclass(frozen=True, slots=True)
class Import:
    """An object that exists and is to be taken over."""

    target: Expression
    id: Argument
    at: Range
    source: Source
    for_each: Argument | None = None
    provider: Argument | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """How to reach Azure: the arguments of a provider block."""

    name: str
    alias: str | None
    at: Range
    source: Source
    body: Body


@dataclass(frozen=True, slots=True)
class Settings:
    """The batchplan block: which versions may read this, and where the state lives."""

    at: Range
    source: Source
    block: Block
    required_version: Argument | None = None
    backend: Block | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """A block that a later layer reads: policy, policy_set and suppress."""

    block: Block
    source: Source

    @property
    def at(self) -> Range:
        """Its header."""
        return Range(self.source, self.block.start, self.block.header_end)


@dataclass(slots=True)
class Module:
    """All that the files of one folder declare."""

    directory: Path
    variables: dict[str, Variable] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    calls: dict[str, ModuleCall] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    providers: dict[tuple[str, str | None], Provider] = field(default_factory=dict)
    settings: list[Settings] = field(default_factory=list)
    policies: dict[str, Raw] = field(default_factory=dict)
    policy_sets: dict[str, Raw] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    suppressions: list[Raw] = field(default_factory=list)
