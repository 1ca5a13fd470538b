"""Reading the backend block of a configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from batchplan.config import variables
from batchplan.config.blocks import BlockReader
from batchplan.config.declarations import Argument, Module
from batchplan.config.load import Loader, ModuleNode
from batchplan.config.scope import ConstNamespace, fixed_names
from batchplan.core.codes import DUPLICATE_BLOCK, INVALID_BACKEND, UNKNOWN_BACKEND
from batchplan.core.diagnostics import Diagnostics, Fault, UserError
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compile import compile_expression
from batchplan.lang.nodes import Block
from batchplan.lang.values import UNKNOWN, Value, unmark
from batchplan.ops.backend import DEFAULT_FOLDER, Backend
from batchplan.ops.workspace import resolver
from batchplan.ports import StateStore

BACKENDS = ("local",)
"""The backends there are."""


def backend_of(
    root: Path, node: ModuleNode, workspace: str = "default", constants: Mapping[str, Value] | None = None
) -> Backend:
    """Return the backend that a root module declares; raise UserError for one that cannot be used.

    Arguments may be anything that is known before planning: literals, functions, `path`, the workspace and
    variables that are const, whose values are `constants`.
    """
    diagnostics = Diagnostics()
    declared = _declared(node.module, diagnostics)
    folder = DEFAULT_FOLDER
    if declared is not None:
        early = {
            "var": ConstNamespace(node.module.variables, constants or {}),
            **fixed_names(root, node.module.directory, workspace),
        }
        folder = _Block(declared, node, early, diagnostics).folder()
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    return Backend(root / folder)


def state_store(
    root: Path, node: ModuleNode, workspace: str = "default", constants: Mapping[str, Value] | None = None
) -> StateStore:
    """Return the states of a workspace of a project; raise UserError as `backend_of` does."""
    return backend_of(root, node, workspace, constants).store(workspace)


def declared_backend(
    root: Path, workspace: str, environment: Mapping[str, str], flags: Sequence[variables.VariableFlag] = ()
) -> Backend:
    """Return the backend that the configuration in a folder declares, without evaluating it; raise UserError."""
    diagnostics = Diagnostics()
    node = Loader(root, resolver(root), diagnostics, workspace).node((), root)
    const = {name: variable for name, variable in node.module.variables.items() if variable.const}
    constants: dict[str, Value] = {}
    if const and any(settings.backend is not None for settings in node.module.settings):
        given = variables.collect(root, flags, environment, diagnostics)
        constants = variables.resolve_some(const, node.module, given, node.functions, diagnostics)
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    return backend_of(root, node, workspace, constants)


def _declared(module: Module, diagnostics: Diagnostics) -> BlockReader | None:
    """Return the one backend block, None without one; report a second one."""
    found = [
        BlockReader(settings.backend, settings.backend.origin or settings.source, diagnostics)
        for settings in module.settings
        if settings.backend is not None
    ]
    for extra in found[1:]:
        diagnostics.error(DUPLICATE_BLOCK, f"A project has one backend; the first is at {found[0].at}.", extra.at)
    return found[0] if found else None


@dataclass(slots=True)
class _Block:
    """One backend block being read."""

    reader: BlockReader
    node: ModuleNode
    early: Mapping[str, object]
    diagnostics: Diagnostics

    def folder(self) -> str:
        """Return the folder of a local backend; report another backend, and what does not fit."""
        block: Block = self.reader.block
        if not block.labels:
            return DEFAULT_FOLDER  # the loader has reported it
        kind = block.labels[0]
        if kind.value not in BACKENDS:
            hint = did_you_mean(kind.value, BACKENDS)
            detail = f'There is no backend "{kind.value}".{hint} There is: {", ".join(BACKENDS)}.'
            self.diagnostics.error(UNKNOWN_BACKEND, detail, Range(self.reader.source, kind.start, kind.end))
            return DEFAULT_FOLDER
        path = self.reader.argument("path")
        self.reader.finish()
        return DEFAULT_FOLDER if path is None else self._text(path)

    def _text(self, argument: Argument) -> str:
        compiled = compile_expression(argument.expression, argument.source, self.node.functions)
        try:
            value, marks = unmark(compiled.evaluate(self.early))  # type: ignore[arg-type]
        except Fault as error:
            self.diagnostics.add(error.diagnostic)
            return DEFAULT_FOLDER
        if marks:
            self.diagnostics.error(INVALID_BACKEND, f'"{argument.name}" must not be a secret.', argument.range)
        elif value is UNKNOWN or not isinstance(value, str) or not value:
            detail = f'"{argument.name}" must be the name of a folder, known before planning.'
            self.diagnostics.error(INVALID_BACKEND, detail, argument.range)
        else:
            return value
        return DEFAULT_FOLDER
