"""Test files, `*.batchtest.hcl`: what they declare, before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from batchplan.config.blocks import BlockReader, labels_fit, unquoted
from batchplan.config.declarations import Argument, Condition
from batchplan.config.files import parse_source, read_source
from batchplan.core.address import key_text
from batchplan.core.codes import DUPLICATE_DECLARATION, INVALID_TEST, UNKNOWN_ARGUMENT, UNKNOWN_BLOCK, UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean
from batchplan.lang import numbers
from batchplan.lang.jsonsyntax import BodySchema
from batchplan.lang.nodes import StepAttribute, Traversal
from batchplan.lang.types import STRING

SUFFIX = ".batchtest.hcl"
FOLDER = "tests"

Command = Literal["plan", "apply"]
FALLIBLE = ("var", "output", "check")
"""Besides resources, what can be expected to fail: each has conditions."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An object whose condition is to fail: `var.size`, `check.health`, `pool.main["a"]`."""

    name: str
    at: Range


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a test file. `source` is the folder of another module, in the place of the one under test."""

    name: str
    at: Range
    command: Command = "apply"
    variables: Mapping[str, Argument] = field(default_factory=dict)
    assertions: tuple[Condition, ...] = ()
    expected: tuple[Expected, ...] = ()
    source: str | None = None


@dataclass(slots=True)
class TestFile:
    """A test file: values of variables for all of its runs, and the runs in order."""

    __test__ = False  # pytest would take the class for tests

    path: Path
    name: str
    variables: dict[str, Argument] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)


def found_files(folder: Path, subfolder: str = FOLDER) -> list[Path]:
    """Return the test files of a project: those in its folder, and in its folder of tests, in order of name."""
    found = [path for place in (folder, folder / subfolder) if place.is_dir() for path in place.glob(f"*{SUFFIX}")]
    return sorted(set(found), key=lambda path: path.relative_to(folder).as_posix())


def read_test_file(path: Path, root: Path, diagnostics: Diagnostics) -> TestFile:
    """Return what a test file declares; report what is wrong with it."""
    name = path.relative_to(root).as_posix()
    made = TestFile(path, name)
    source = read_source(path, name, diagnostics)
    parsed = parse_source(source, BodySchema(), diagnostics) if source is not None else None
    if parsed is None:
        return made
    for attribute in parsed.body.attributes.values():
        at = Range(parsed.source, attribute.start, attribute.name_end)
        detail = f'"{attribute.name}" stands outside of any block. Values go into a variables block.'
        diagnostics.error(UNKNOWN_ARGUMENT, detail, at)
    for block in parsed.body.blocks:
        reader = BlockReader(block, parsed.source, diagnostics)
        if block.type == "variables" and labels_fit(block, parsed.source, (), diagnostics):
            _file_variables(reader, made)
        elif block.type == "run" and labels_fit(block, parsed.source, ("name",), diagnostics):
            _add_run(reader, made, diagnostics)
        elif block.type not in ("variables", "run"):
            hint = did_you_mean(block.type, ("variables", "run"))
            detail = f'A test file has the blocks variables and run, and no "{block.type}".{hint}'
            diagnostics.error(UNKNOWN_BLOCK, detail, Range(parsed.source, block.start, block.type_end))
    return made


def _file_variables(reader: BlockReader, made: TestFile) -> None:
    for name, argument in reader.rest().items():
        if name in made.variables:
            detail = f'"{name}" has been given a value at {made.variables[name].name_range}.'
            reader.diagnostics.error(DUPLICATE_DECLARATION, detail, argument.name_range)
        made.variables[name] = argument
    reader.finish()


def _add_run(reader: BlockReader, made: TestFile, diagnostics: Diagnostics) -> None:
    since = len(diagnostics)
    run = _run(reader)
    first = next((one for one in made.runs if one.name == run.name), None)
    if first is not None:
        detail = f'There is a run "{run.name}" at {first.at}. Rename one of them.'
        diagnostics.error(DUPLICATE_DECLARATION, detail, reader.at)
    made.runs.append(run)
    diagnostics.within(since, block=f'run "{run.name}"')


def _run(reader: BlockReader) -> Run:
    name = reader.label(0)
    command = _command(reader)
    variables = reader.single("variables")
    inner = reader.inner(variables) if variables is not None else None
    given = inner.rest() if inner is not None else {}
    if inner is not None:
        inner.finish()
    assertions = tuple(_assertions(reader))
    expected = tuple(_expected(reader))
    module = reader.single("module")
    source = _module(reader.inner(module)) if module is not None else None
    reader.finish()
    return Run(name, reader.at, command, given, assertions, expected, source)


def _command(reader: BlockReader) -> Command:
    found = reader.argument("command")
    if found is None:
        return "apply"
    node = unquoted(found.expression, found.source)
    if isinstance(node, Traversal) and not node.steps:
        if node.root == "plan":
            return "plan"
        if node.root == "apply":
            return "apply"
    reader.diagnostics.error(INVALID_TEST, '"command" is plan or apply, without quotes.', found.range, reader.at)
    return "plan"


def _assertions(reader: BlockReader) -> list[Condition]:
    made = []
    for block in reader.blocks("assert"):
        inner = reader.inner(block)
        condition, message = inner.required("condition"), inner.required("error_message")
        inner.finish()
        if condition is not None and message is not None:
            made.append(Condition(condition, message, inner.at))
    return made


def _expected(reader: BlockReader) -> list[Expected]:
    made = []
    for node in reader.traversals("expect_failures"):
        at = Range(reader.source, node.start, node.end)
        words = 1 + len([step for step in node.steps if isinstance(step, StepAttribute)])
        if words != 2:
            detail = "What can fail is named like var.size, output.id, check.health or pool.main."
            reader.diagnostics.error(INVALID_TEST, detail, at, reader.at)
            continue
        made.append(Expected(_text(node), at))
    return made


def _text(node: Traversal) -> str:
    text = node.root
    for step in node.steps:
        if isinstance(step, StepAttribute):
            text += f".{step.name}"
        else:
            text += key_text(step.key if isinstance(step.key, str) else numbers.truncate(numbers.parse(step.key.text)))
    return text


def _module(reader: BlockReader) -> str | None:
    found = reader.required("source")
    reader.finish()
    value = reader.literal_value(found, STRING) if found is not None else None
    if not isinstance(value, str) or found is None:
        return None
    if not value.startswith(("./", "../")):
        detail = '"source" is a folder of the project here, as in "./tests/setup".'
        reader.diagnostics.error(INVALID_TEST, detail, found.range, reader.at)
        return None
    return value


def chosen(files: Sequence[Path], filters: Sequence[str], root: Path, diagnostics: Diagnostics) -> list[Path]:
    """Return the files that filters name, all without any; report a filter that names none."""
    if not filters:
        return list(files)
    names = {path.relative_to(root).as_posix(): path for path in files}
    wanted = [Path(text).as_posix().removeprefix("./") for text in filters]
    for name in wanted:
        if name not in names:
            detail = f'There is no test file "{name}".{did_you_mean(name, names)}'
            diagnostics.error(UNREADABLE_FILE, detail)
    return [path for name, path in names.items() if name in wanted]
