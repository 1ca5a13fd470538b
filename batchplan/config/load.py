"""From folders to the tree of modules."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from batchplan.config.declarations import Argument, Module, ModuleCall
from batchplan.config.decode import decode
from batchplan.config.filenames import configuration_files
from batchplan.config.files import (
    ParsedFile,
    module_schema,
    no_configuration,
    parse_source,
    read_source,
)
from batchplan.config.override import apply_overrides
from batchplan.config.scope import ConstNamespace, fixed_names
from batchplan.config.settings import check_required_version
from batchplan.core.codes import INVALID_MODULE_SOURCE, INVALID_VALUE, MODULE_CYCLE
from batchplan.core.diagnostics import Diagnostics, Fault
from batchplan.core.source import Range
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Environment
from batchplan.lang.functions.function import Function
from batchplan.lang.jsonsyntax import BodySchema
from batchplan.lang.library import library
from batchplan.lang.values import UNKNOWN, Value, is_known, unmark


class Resolver(Protocol):
    """Finds the folder of a module's source."""

    def resolve(
        self, path: tuple[str, ...], source: str, version: str | None, base: Path, at: Range, diagnostics: Diagnostics
    ) -> Path | None:
        """Return the folder, or None after reporting why there is none. `path` is the way of the call."""


@dataclass(slots=True)
class ModuleNode:
    """A module in the tree: the way to it, what it declares, its functions, the modules it calls."""

    path: tuple[str, ...]
    module: Module
    functions: dict[str, Function]
    children: "dict[str, ModuleNode]" = field(default_factory=dict)

    def walk(self) -> "list[ModuleNode]":
        """Return this node and all below it, callers first."""
        nodes = [self]
        for node in nodes:
            nodes.extend(node.children.values())
        return nodes


@dataclass(slots=True)
class Loader:
    """Loads modules below `root`. `kinds` tells JSON files which members of resources are blocks."""

    root: Path
    resolver: Resolver
    diagnostics: Diagnostics
    workspace: str = "default"
    plan_timestamp: str | None = None
    kinds: Mapping[str, BodySchema] = field(default_factory=dict)

    def display(self, path: Path) -> str:
        """Return a file's name for people: relative to the root where it lies below."""
        try:
            return str(path.relative_to(self.root))
        except ValueError:
            return str(path)

    def module(self, directory: Path, at: Range | None = None) -> Module:
        """Return what a folder's files declare. `at` is where another module names the folder."""
        module = Module(directory)
        primary, overriding = configuration_files(directory, self.diagnostics)
        if not primary and not self.diagnostics.has_errors:
            no_configuration(self.display(directory), self.diagnostics, at)
        schema = module_schema(dict(self.kinds))
        files: list[ParsedFile] = []
        overrides: list[ParsedFile] = []
        for path, group in [(p, files) for p in primary] + [(p, overrides) for p in overriding]:
            source = read_source(path, self.display(path), self.diagnostics)
            module.sources.extend([source] if source is not None else ())
            parsed = parse_source(source, schema, self.diagnostics) if source is not None else None
            if parsed is not None:
                group.append(parsed)
        for file in apply_overrides(files, overrides, self.diagnostics):
            decode(file.body, file.source, module, self.diagnostics)
        since = len(self.diagnostics)
        for settings in module.settings:
            check_required_version(settings, self.diagnostics)
        self.diagnostics.within(since, block="batchplan")
        return module

    def node(self, path: tuple[str, ...], directory: Path, at: Range | None = None) -> ModuleNode:
        """Return a module with its functions, without the modules it calls. `at` is where it is called."""
        return ModuleNode(path, self.module(directory, at), library(directory, self.root, self.plan_timestamp))

    def children(self, node: ModuleNode, constants: Mapping[str, Value], above: tuple[Path, ...] = ()) -> None:
        """Load the modules that a module calls, and theirs. `constants` are its variables' early values."""
        chain = (*above, node.module.directory.resolve())
        environment = self._early(node, constants)
        for name, call in node.module.calls.items():
            since = len(self.diagnostics)
            directory = self._directory(node, name, call, environment)
            if directory is not None and directory.resolve() in chain:
                folder = self.display(Path(os.path.normpath(directory)))
                detail = f'Module "{name}" leads back to the folder "{folder}", in which it is called.'
                self.diagnostics.error(MODULE_CYCLE, detail, call.source.range, call.at)
                directory = None
            self.diagnostics.within(since, block=f'module "{name}"')
            if directory is None:
                continue
            child = self.node((*node.path, name), directory, call.source.range)
            node.children[name] = child
            since = len(self.diagnostics)
            inputs = self._inputs(node, call, child, environment)
            self.diagnostics.within(since, block=f'module "{name}"')
            self.children(child, inputs, chain)

    def _early(self, node: ModuleNode, constants: Mapping[str, Value]) -> Environment:
        return {
            "var": ConstNamespace(node.module.variables, constants),
            **fixed_names(self.root, node.module.directory, self.workspace),
        }

    def _directory(self, node: ModuleNode, name: str, call: ModuleCall, environment: Environment) -> Path | None:
        text = self._early_text(node, call.source, environment, "source")
        if text is None:
            return None
        version = None
        if call.version is not None:
            version = self._early_text(node, call.version, environment, "version")
        base = node.module.directory
        return self.resolver.resolve((*node.path, name), text, version, base, call.source.range, self.diagnostics)

    def _early_text(self, node: ModuleNode, argument: Argument, environment: Environment, word: str) -> str | None:
        compiled = compile_expression(argument.expression, argument.source, node.functions)
        try:
            value, _ = unmark(compiled.evaluate(environment))
        except Fault as error:
            self.diagnostics.add(error.diagnostic)
            return None
        if isinstance(value, str):
            return value
        code = INVALID_MODULE_SOURCE if word == "source" else INVALID_VALUE
        self.diagnostics.error(code, f'"{word}" must be a string that is known before planning.', argument.range)
        return None

    def _inputs(
        self, node: ModuleNode, call: ModuleCall, child: ModuleNode, environment: Environment
    ) -> dict[str, Value]:
        """The early values of a called module's const variables."""
        values: dict[str, Value] = {}
        for name, variable in child.module.variables.items():
            if not variable.const:
                continue
            argument = call.inputs.get(name)
            if argument is None:
                values[name] = variable.default if variable.default is not None else UNKNOWN
                continue
            compiled = compile_expression(argument.expression, argument.source, node.functions)
            try:
                values[name] = compiled.evaluate(environment)
            except Fault as error:
                self.diagnostics.add(error.diagnostic)
                values[name] = UNKNOWN
                continue
            if not is_known(values[name]):
                detail = f'The variable "{name}" is const: its value must be known before planning.'
                self.diagnostics.error(INVALID_VALUE, detail, argument.range, call.at)
        return values
