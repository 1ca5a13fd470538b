"""What an expression refers to: each name checked before anything is evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass

from batchplan.config.declarations import DATA_KINDS, KINDS, Module, Repetition
from batchplan.core.codes import INVALID_REFERENCE, UNKNOWN_NAME, UNSUPPORTED_ATTRIBUTE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean, nearest
from batchplan.lang.nodes import StepAttribute, Traversal

SETTINGS_NAMES = ("batchplan", "terraform")
"""`batchplan.workspace`; the other spelling is what people bring along."""

PATH_NAMES = ("module", "root", "cwd")


FOREIGN = {
    "azurerm_batch_account": "account",
    "azurerm_batch_application": "application",
    "azurerm_batch_job": "job",
    "azurerm_batch_pool": "pool",
}
"""Words of azurerm's provider that people bring along, and ours."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is referred to within a module: `var`, `local`, `output` of a call, `call`, or `resource`."""

    type: str
    name: str
    output: str | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """Names that exist only in some places."""

    each: bool = False
    count: bool = False
    self: bool = False


NOWHERE = Allowed()


@dataclass(slots=True)
class Checker:
    """Checks the references of one module. `outputs` knows the outputs of its calls, where they are loaded."""

    module: Module
    outputs: dict[str, frozenset[str]]
    diagnostics: Diagnostics

    def target(self, node: Traversal, source: Source, allowed: Allowed = NOWHERE) -> Target | None:
        """Return what a reference means for the order of evaluation, None when nothing; report what is wrong."""
        match node.root:
            case "var":
                return self._declared(node, source, "var", "variable", self.module.variables)
            case "local":
                return self._declared(node, source, "local", "local", self.module.locals)
            case "module":
                return self._module(node, source)
            case "data":
                return self._data(node, source)
            case "each" | "count" | "self":
                self._special(node, source, allowed)
            case "path":
                self._member(node, source, PATH_NAMES)
            case "batchplan" | "terraform":
                self._member(node, source, ("workspace",))
            case kind if kind in KINDS:
                return self._resource(node, source)
            case _:
                self._unknown(node, source)
        return None

    def _name(self, node: Traversal, at: int = 0) -> StepAttribute | None:
        step = node.steps[at] if at < len(node.steps) else None
        return step if isinstance(step, StepAttribute) else None

    def _root(self, node: Traversal, source: Source) -> Range:
        return Range(source, node.start, node.start + len(node.root))

    def _step(self, step: StepAttribute, source: Source) -> Range:
        return Range(source, step.end - len(step.name), step.end)

    def _declared(
        self, node: Traversal, source: Source, root: str, word: str, table: "dict[str, object] | object"
    ) -> Target | None:
        step = self._name(node)
        names: dict[str, object] = table  # type: ignore[assignment]
        if step is None:
            detail = f"Say which {word}: {root}.NAME."
            self.diagnostics.error(INVALID_REFERENCE, detail, self._root(node, source))
            return None
        if step.name in names:
            return Target(root, step.name)
        near = nearest(step.name, names)
        if near is not None:
            hint = f" Did you mean {root}.{near} ({names[near].at})?"  # type: ignore[attr-defined]
        elif root == "var":
            hint = f' Declare it: variable "{step.name}" {{ … }}.'
        else:
            hint = ""
        detail = f'There is no {word} "{step.name}" in this module.{hint}'
        self.diagnostics.error(UNKNOWN_NAME, detail, self._step(step, source), Range(source, node.start, node.end))
        return None

    def _module(self, node: Traversal, source: Source) -> Target | None:
        step = self._name(node)
        if step is None:
            self.diagnostics.error(INVALID_REFERENCE, "Say which module: module.NAME.", self._root(node, source))
            return None
        call = self.module.calls.get(step.name)
        if call is None:
            hint = did_you_mean(step.name, self.module.calls)
            detail = f'There is no module block "{step.name}" here.{hint}'
            whole = Range(source, node.start, node.end)
            self.diagnostics.error(UNKNOWN_NAME, detail, self._step(step, source), whole)
            return None
        if not self._chosen(node, source, f"module.{step.name}", call.repetition, 1):
            return None
        repeated = call.repetition.count is not None or call.repetition.for_each is not None
        output = self._name(node, 2 if repeated and len(node.steps) > 1 else 1)
        known = self.outputs.get(step.name)
        if output is None:
            return Target("call", step.name)
        if known is not None and output.name not in known:
            hint = did_you_mean(output.name, known)
            detail = f'Module "{step.name}" has no output "{output.name}".{hint}'
            whole = Range(source, node.start, node.end)
            self.diagnostics.error(UNSUPPORTED_ATTRIBUTE, detail, self._step(output, source), whole)
            return None
        if repeated and not isinstance(node.steps[1], StepAttribute):
            return Target("output", step.name, output.name)
        return Target("output" if not repeated else "call", step.name, None if repeated else output.name)

    def _resource(self, node: Traversal, source: Source) -> Target | None:
        step = self._name(node)
        if step is None:
            detail = f"Say which {node.root}: {node.root}.NAME."
            self.diagnostics.error(INVALID_REFERENCE, detail, self._root(node, source))
            return None
        return self._block(node, source, f"{node.root}.{step.name}", step)

    def _data(self, node: Traversal, source: Source) -> Target | None:
        kind, name = self._name(node), self._name(node, 1)
        if kind is None or name is None:
            detail = "Say which data block: data.KIND.NAME."
            self.diagnostics.error(INVALID_REFERENCE, detail, self._root(node, source))
            return None
        if kind.name not in DATA_KINDS:
            detail = f'Nothing of kind "{kind.name}" can be read.{did_you_mean(kind.name, DATA_KINDS)}'
            self.diagnostics.error(UNKNOWN_NAME, detail, self._step(kind, source))
            return None
        return self._block(node, source, f"data.{kind.name}.{name.name}", name)

    def _block(self, node: Traversal, source: Source, address: str, step: StepAttribute) -> Target | None:
        found = self.module.resources.get(address)
        if found is not None:
            words = address.count(".")
            return Target("resource", address) if self._chosen(node, source, address, found.repetition, words) else None
        kind = address.rpartition(".")[0]
        near = nearest(address, [known for known in self.module.resources if known.rpartition(".")[0] == kind])
        hint = f" Did you mean {near} ({self.module.resources[near].at})?" if near else ""
        if not near and "data." + address in self.module.resources:
            hint = f" There is a data block of that name: data.{address}."
        detail = f'There is no {kind} "{step.name}" in this module.{hint}'
        self.diagnostics.error(UNKNOWN_NAME, detail, self._step(step, source), Range(source, node.start, node.end))
        return None

    def _chosen(self, node: Traversal, source: Source, address: str, repetition: Repetition, words: int) -> bool:
        """Return whether a reference does not name an attribute of what has several instances; report it otherwise."""
        step = self._name(node, words)
        if step is None or (repetition.count is None and repetition.for_each is None):
            return True
        key, of = ("[0]", "count") if repetition.count is not None else ('["KEY"]', "for_each")
        every = f"{address}[*].{step.name}" if of == "count" else f"[for one in {address} : one.{step.name}]"
        detail = (
            f"{address} has a {of}, so there may be several of it. Choose one: {address}{key}.{step.name}; "
            f"or take all: {every}."
        )
        whole = Range(source, node.start, node.end)
        self.diagnostics.error(INVALID_REFERENCE, detail, Range(source, node.start, step.end), whole)
        return False

    def _special(self, node: Traversal, source: Source, allowed: Allowed) -> None:
        members = {"each": ("key", "value"), "count": ("index",)}
        if not getattr(allowed, node.root):
            self.diagnostics.error(INVALID_REFERENCE, _not_here(node.root, allowed), self._root(node, source))
        elif node.root in members:
            self._member(node, source, members[node.root])

    def _member(self, node: Traversal, source: Source, names: tuple[str, ...]) -> None:
        step = self._name(node)
        listed = " and ".join(f"{node.root}.{name}" for name in names)
        if step is None:
            self.diagnostics.error(INVALID_REFERENCE, f"There is {listed}.", self._root(node, source))
        elif step.name not in names:
            detail = f"There is no {node.root}.{step.name}; there is {listed}."
            self.diagnostics.error(UNSUPPORTED_ATTRIBUTE, detail, self._step(step, source))

    def _unknown(self, node: Traversal, source: Source) -> None:
        step = self._name(node)
        near_kind = nearest(node.root, KINDS)
        if near_kind is not None and step is not None:
            known = self.module.resources.get(f"{near_kind}.{step.name}")
            place = f" ({known.at})" if known else ""
            hint = f" Did you mean {near_kind}.{step.name}{place}?"
        else:
            hint = _likely(node, self.module, step) or did_you_mean(node.root, [*self._roots()])
            if step is not None and node.root in FOREIGN:
                hint = f" In batchplan that is {FOREIGN[node.root]}.{step.name}."
        detail = f'There is no "{node.root}" here.{hint}'
        self.diagnostics.error(UNKNOWN_NAME, detail, self._root(node, source), Range(source, node.start, node.end))

    def _roots(self) -> Iterator[str]:
        yield from ("var", "local", "module", "data", "path", "each", "count", *SETTINGS_NAMES, *KINDS)


def _not_here(root: str, allowed: Allowed) -> str:
    match root:
        case "each":
            hint = " This block has a count: write count.index." if allowed.count else ""
            return f"each has a value only in a block with for_each.{hint}"
        case "count":
            hint = " This block has a for_each: write each.key or each.value." if allowed.each else ""
            return f"count.index has a value only in a block with count.{hint}"
    return "self stands for the object in its own postconditions; it means nothing here."


def _likely(node: Traversal, module: Module, step: StepAttribute | None) -> str:
    """Return a hint where the bare name of something declared was written."""
    if node.root in module.variables:
        return f" Did you mean var.{node.root}?"
    if node.root in module.locals:
        return f" Did you mean local.{node.root}?"
    if step is None:
        return " A text is written in quotes."
    return ""
