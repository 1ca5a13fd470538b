"""A project: the root module in its folder, its variables, and everything evaluated."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from batchplan.config import variables
from batchplan.config.evaluate import Evaluated, Evaluator
from batchplan.config.kinds import Kinds
from batchplan.config.load import Loader, ModuleNode, Resolver
from batchplan.config.tree import PreparedTree, prepared_tree
from batchplan.config.variables import VariableFlag
from batchplan.core.diagnostics import Diagnostic, Diagnostics
from batchplan.core.source import Source
from batchplan.lang.compiled import Compiled
from batchplan.lang.values import Unknown, Value

MANY_OBJECTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a command gives besides the files. `environment` is the process environment.

    `given` are values that count before all others: those of a test.
    """

    flags: Sequence[VariableFlag] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workspace: str = "default"
    plan_timestamp: str | None = None
    given: Sequence[variables.Given] = ()


@dataclass(slots=True)
class Project:
    """What was loaded, and evaluated unless that was left out, and all that is wrong with it.

    `loaded` is what was wrong already before any value was worked out. `sources` are the files of all modules, and
    those of variables.
    """

    root: ModuleNode | None
    evaluated: Evaluated | None
    diagnostics: Diagnostics
    directory: Path
    workspace: str
    values: Mapping[str, Value] = field(default_factory=dict)
    tree: PreparedTree | None = None
    loaded: Sequence[Diagnostic] = ()
    sources: Sequence[Source] = ()

    def evaluated_with(self, kinds: Kinds, *, partial: bool = False) -> "Project":
        """Return the project evaluated anew, with other answers about resources; nothing is read again."""
        diagnostics = Diagnostics(self.loaded)
        with without_garbage_collection():
            evaluated = self._evaluator(kinds, diagnostics, partial=partial).run()
        return replace(self, evaluated=evaluated, diagnostics=diagnostics)

    def evaluated_for(self, expressions: Sequence[Compiled]) -> Evaluated:
        """Return as much of the project evaluated as expressions of the root module need; faults show up later."""
        evaluator = self._evaluator(_schema_kinds(partial=False), Diagnostics(self.loaded))
        return evaluator.run(evaluator.tree.needed_by(expressions))

    def _evaluator(self, kinds: Kinds, diagnostics: Diagnostics, *, partial: bool = False) -> Evaluator:
        assert self.tree is not None, "what was not loaded cannot be evaluated"
        return Evaluator(self.tree, self.values, self.directory, self.workspace, kinds, diagnostics, partial)


def load_project(
    directory: Path,
    resolver: Resolver,
    inputs: Inputs,
    *,
    kinds: Kinds | None = None,
    partial: bool = False,
    evaluate: bool = True,
) -> Project:
    """Load and evaluate the configuration in a folder.

    With `partial`, variables without a value are unknown, as in validate. Evaluation is left out when the
    files already have errors that would only show again, and without `evaluate`: for who knows better answers
    about resources later.
    """
    with without_garbage_collection():
        kinds = kinds or _schema_kinds(partial=partial)
        project = _load(directory, resolver, inputs, kinds, partial=partial)
        return project.evaluated_with(kinds, partial=partial) if evaluate and project.tree is not None else project


def _schema_kinds(*, partial: bool) -> Kinds:
    from batchplan.config.typed import SchemaKinds

    return SchemaKinds(partial)


def _load(directory: Path, resolver: Resolver, inputs: Inputs, kinds: Kinds, *, partial: bool) -> Project:
    diagnostics = Diagnostics()
    loader = Loader(
        directory, resolver, diagnostics, inputs.workspace, inputs.plan_timestamp, kinds=kinds.body_schemas()
    )
    root = loader.node((), directory)
    if diagnostics.has_errors and not (root.module.resources or root.module.variables or root.module.locals):
        return Project(None, None, diagnostics, directory, inputs.workspace)
    given = [*variables.collect(directory, inputs.flags, inputs.environment, diagnostics), *inputs.given]
    values = _values(root, given, diagnostics, partial=partial)
    loader.children(root, values)
    tree = prepared_tree(root, diagnostics)
    sources = _sources(root, given, directory)
    return Project(root, None, diagnostics, directory, inputs.workspace, values, tree, tuple(diagnostics), sources)


def _sources(root: ModuleNode, given: Sequence[variables.Given], directory: Path) -> tuple[Source, ...]:
    """Return the files that were read, by name; not the pipes, which are empty by now."""
    of_modules = [source for node in root.walk() for source in node.module.sources]
    of_variables = [one.written.source for one in given if one.written is not None]
    found = {one.name: one for one in (*of_modules, *of_variables)}
    return tuple(one for name, one in sorted(found.items()) if (directory / name).is_file())


def _values(
    root: ModuleNode, given: Sequence[variables.Given], diagnostics: Diagnostics, *, partial: bool
) -> dict[str, Value]:
    if not partial:
        return variables.resolve(root.module, given, root.functions, diagnostics)
    names = {one.name for one in given}
    known = {
        name: variable
        for name, variable in root.module.variables.items()
        if name in names or (variable.default is not None and variable.const)
    }
    found = variables.resolve_some(known, root.module, given, root.functions, diagnostics)
    for name, variable in root.module.variables.items():
        if name not in found:
            unknown = Unknown(variable.constraint.type, not_null=not variable.nullable)
            found[name] = variables.marked(variable, unknown)
    return found


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """A load or a plan makes millions of objects and no garbage; looking for some would double its time.

    Afterwards a large tree is set aside, or the first collection would go through all of it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY_OBJECTS:
            gc.freeze()
        if enabled:
            gc.enable()
