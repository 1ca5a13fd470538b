"""Machine edits: what rules propose, written into the files where the objects are declared."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchplan.config.files import read_source
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Source
from batchplan.lang.format import format_source
from batchplan.lang.nodes import Attribute, Block, Body, Literal, Number, Template, Unary
from batchplan.lang.parse import parse_file
from batchplan.policy.context import Context
from batchplan.policy.judge import Judged, Judgement, Status
from batchplan.policy.subject import steps_of


@dataclass(frozen=True, slots=True)
class FileFix:
    """A file that changes: its text before and after, and the findings that the change answers."""

    path: Path
    name: str
    before: str
    after: str
    findings: tuple[Judged, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"old/{self.name}",
            f"new/{self.name}",
        )
        return "".join(lines)


@dataclass(slots=True)
class Fixes:
    """The files that change, and the findings that a person has to deal with, each with the reason."""

    files: list[FileFix] = field(default_factory=list)
    left: list[tuple[Judged, str]] = field(default_factory=list)


def fixes(folder: Path, context: Context, judgement: Judgement, rules: Iterable[str] = ()) -> Fixes:
    """Return the edits that the rules propose for what is open, of all rules or of some.

    Only what is written out is changed: an expression has a reason that a machine does not know. Files of installed
    modules belong to somebody else.
    """
    chosen = set(rules)
    made = Fixes()
    by_file: dict[str, list[Judged]] = {}
    for one in judgement.findings:
        if one.finding.edit is None or one.status is not Status.OPEN or (chosen and one.rule.id not in chosen):
            continue
        subject = context.by_address(one.address)
        place = subject.place() if subject is not None else None
        if place is None:
            made.left.append((one, "it is not known where it is written"))
        elif ".batchplan" in Path(place.file).parts or not place.file.endswith(".hcl"):
            made.left.append((one, f"{place.file} is not changed by a machine"))
        else:
            by_file.setdefault(place.file, []).append(one)
    for name, found in sorted(by_file.items()):
        _fix_file(folder, name, found, context, made)
    return made


def _fix_file(folder: Path, name: str, found: list[Judged], context: Context, made: Fixes) -> None:
    path = folder / name
    source = read_source(path, name, Diagnostics())
    body = parse_file(source)[0] if source is not None else None
    if source is None or body is None:
        made.left += [(one, f"{name} cannot be read") for one in found]
        return
    changes: dict[tuple[int, int], str] = {}
    answered = []
    for one in found:
        subject, edit = context.by_address(one.address), one.finding.edit
        assert subject is not None, "it has a place"
        assert edit is not None, "it has an edit"
        place = subject.place()
        assert place is not None, "it is in this file"
        block = _block_at(body, source, place.line)
        reason = _edit(source, block, edit.path, edit.value, changes) if block is not None else "its block has moved"
        if reason is None:
            answered.append(one)
        else:
            made.left.append((one, reason))
    text = source.text
    for (start, end), replacement in sorted(changes.items(), reverse=True):
        text = text[:start] + replacement + text[end:]
    if text != source.text:
        text = _in_layout(source, text)
        made.files.append(FileFix(path, name, source.text, text, tuple(answered)))


def _in_layout(source: Source, text: str) -> str:
    """Return the text in the usual layout when the file was in it before, and as it is when people laid it out."""
    if format_source(source)[0] != source.text:
        return text
    return format_source(Source(source.name, text))[0] or text


def _block_at(body: Body, source: Source, line: int) -> Block | None:
    return next((block for block in body.blocks if source.line_of(block.start) == line), None)


def _edit(source: Source, block: Block, path: str, value: Any, changes: dict[tuple[int, int], str]) -> str | None:
    """Note the change of an argument; return why it cannot be made, None when it can."""
    *outer, name = steps_of(path)
    labelled = False
    for at, step in enumerate(outer):
        if isinstance(step, int) or labelled:
            labelled = False  # a position, or the label, of the block that was entered
            continue
        following = outer[at + 1] if at + 1 < len(outer) else None
        inner = _inner(block, str(step), following)
        if inner is None:
            if value is None:
                return None
            return _insert_block(source, block, [str(one) for one in outer[at:]], str(name), value, changes)
        block, labelled = inner, bool(inner.labels)
    attribute = block.body.attributes.get(str(name))
    if attribute is None:
        return None if value is None else _insert(source, block, f"{name} = {literal(value)}", changes)
    if not _is_written_out(attribute):
        return f"{name} is an expression ({source.name}:{source.line_of(attribute.start)})"
    if value is None:
        changes[_whole_line(source, attribute.start, attribute.expression.end)] = ""
    else:
        changes[attribute.expression.start, attribute.expression.end] = literal(value)
    return None


def _inner(block: Block, name: str, following: object) -> Block | None:
    found = [one for one in block.body.blocks if one.type == name]
    if isinstance(following, int):
        return found[following] if following < len(found) else None
    labelled = [one for one in found if one.labels and one.labels[0].value == following]
    return labelled[0] if labelled else found[0] if found and not found[0].labels else None


def _is_written_out(attribute: Attribute) -> bool:
    node = attribute.expression
    if isinstance(node, Unary):
        node = node.operand
    if isinstance(node, Template):
        return all(isinstance(part, Literal) for part in node.parts)
    return isinstance(node, (Literal, Number))


def _whole_line(source: Source, start: int, end: int) -> tuple[int, int]:
    """Return the range of a line that holds nothing else, or of the argument alone."""
    text = source.text
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if text[first:start].strip() or text[end:last].strip():
        return start, end
    return first, min(last + 1, len(text))


def _insert(source: Source, block: Block, line: str, changes: dict[tuple[int, int], str]) -> str | None:
    """Note a line before the end of a block; several at one place follow each other."""
    text = source.text
    close = text.rindex("}", 0, block.end)
    start = text.rfind("\n", 0, close) + 1
    if text[start:close].strip():
        return f"the block on line {source.line_of(block.start)} is written in one line"
    indent = text[start:close] + "  "
    made = "\n".join(f"{indent}{one}" if one else "" for one in line.split("\n"))
    changes[start, start] = changes.get((start, start), "") + f"{made}\n"
    return None


def _insert_block(
    source: Source, block: Block, outer: list[str], name: str, value: Any, changes: dict[tuple[int, int], str]
) -> str | None:
    lines = [f"{'  ' * depth}{one} {{" for depth, one in enumerate(outer)]
    lines.append(f"{'  ' * len(outer)}{name} = {literal(value)}")
    lines += [f"{'  ' * depth}}}" for depth in range(len(outer) - 1, -1, -1)]
    return _insert(source, block, "\n".join(lines), changes)


def literal(value: Any) -> str:
    """Return a value as it is written out."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
        case Mapping():
            return f"{{ {', '.join(f'{name} = {literal(part)}' for name, part in value.items())} }}"
    return "null" if value is None else str(value)


def write(found: Fixes) -> None:
    """Write the files. Raises OSError."""
    for one in found.files:
        one.path.write_text(one.after, encoding="utf-8", newline="")
