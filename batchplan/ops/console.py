"""Expressions one by one, over a project or over nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from batchplan.config.evaluate import Evaluated
from batchplan.config.scope import ModuleInstance, environment, fixed_names
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import ROOT
from batchplan.core.codes import (
    INVALID_HEREDOC,
    UNBALANCED_BRACKETS,
    UNSTORABLE_NUMBER,
    UNTERMINATED_STRING,
    UNTERMINATED_TEMPLATE,
)
from batchplan.core.diagnostics import Fault, fault
from batchplan.core.source import Range, Source
from batchplan.lang import numbers
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Compiled, Environment, Namespace, unknown_name
from batchplan.lang.functions.function import Function
from batchplan.lang.library import library
from batchplan.lang.parse import parse_attribute_value, parse_expression
from batchplan.lang.values import Value, elements, unmark
from batchplan.state.document import remote_of
from batchplan.state.model import StateDocument


@dataclass(frozen=True, slots=True)
class Session:
    """Names and functions for expressions."""

    environment: Environment
    functions: dict[str, Function]

    def compile(self, text: str, *, attribute: bool = False, name: str = "<console>") -> Compiled:
        """Return an expression, compiled; raise Fault. `attribute` reads it as the text after `x =`."""
        source = Source(name, text)
        node = parse_attribute_value(source) if attribute else parse_expression(source)
        compiled = compile_expression(node, source, self.functions, console=True)
        self._check_names(compiled)
        return compiled

    def _check_names(self, compiled: Compiled) -> None:
        """Refuse names that stand for nothing, wherever they occur: not even try() makes up for them."""
        for node in compiled.references:
            found = self.environment.get(node.root)
            if found is None:
                raise unknown_name(node, self.environment, compiled.source)
            if isinstance(found, Namespace):
                found.resolve(node, compiled.source)

    def evaluate(self, text: str, *, attribute: bool = False, name: str = "<console>") -> Value:
        """Return what an expression is worth; raise Fault."""
        return self.compile(text, attribute=attribute, name=name).evaluate(self.environment)

    def stored(self, text: str, *, attribute: bool = False) -> Value:
        """Return what an expression is worth; raise Fault also for a value that could not be stored."""
        compiled = self.compile(text, attribute=attribute)
        value = compiled.evaluate(self.environment)
        if _has_infinity(value):
            detail = "The result holds an infinity, which can be compared but not stored."
            raise fault(UNSTORABLE_NUMBER, detail, Range(compiled.source, 0, len(compiled.source.text)))
        return value


def _has_infinity(value: Value) -> bool:
    plain, _ = unmark(value)
    if numbers.is_number(plain):
        return numbers.is_infinite(plain)  # type: ignore[arg-type]
    return any(map(_has_infinity, elements(plain)))


def bare_session(directory: Path, workspace: str = "default", plan_timestamp: str | None = None) -> Session:
    """Return a session without a project."""
    names = environment(ModuleInstance(ROOT, ()), fixed_names(directory, directory, workspace))
    return Session(names, library(directory, directory, plan_timestamp))


def now() -> str:
    """Return the present time in the form of timestamp(), for a session in which the plan is made now."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def project_session(evaluated: Evaluated) -> Session:
    """Return a session over a project's root module."""
    return Session(evaluated.instance.names, evaluated.root.functions)


def recorded_kinds(state: StateDocument) -> SchemaKinds:
    """Return what the state knows of names that the configuration alone does not tell: ids of pools and of accounts."""
    remotes = {one.address: remote_of(one) for one in state.resources}
    pools = {address: remote.name for address, remote in remotes.items() if remote.kind == "pool"}
    subscriptions = [remote.account_id.split("/")[2] for remote in remotes.values()]
    return SchemaKinds(subscription_id=subscriptions[0] if subscriptions else None, pool_ids=pools)


def complete(text: str) -> bool:
    """Return whether a text is worth evaluating: no bracket, string or heredoc of it is still open."""
    try:
        parse_expression(Source("<console>", text))
    except Fault as error:
        at = error.diagnostic.at
        return at is None or error.diagnostic.code not in _OPEN
    return True


_OPEN = (UNBALANCED_BRACKETS, UNTERMINATED_STRING, UNTERMINATED_TEMPLATE, INVALID_HEREDOC)
