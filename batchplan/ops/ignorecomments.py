"""Comments that accept findings, `# batchplan:ignore BP1307 until=2027-03-31 reason="…"`, made into `suppress` blocks."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from batchplan.core.source import Source
from batchplan.lang.nodes import Block
from batchplan.lang.parse import parse_file
from batchplan.lang.scan import COMMENT, scan
from batchplan.schema.registry import KINDS

WORD = "batchplan:ignore"
_COMMENT = re.compile(
    rf"(?:\#|//)\s*{WORD}\s+(?P<rules>[A-Z][A-Z0-9]*\d+(?:\s*,\s*[A-Z][A-Z0-9]*\d+)*)(?P<rest>(?:\s+\w+=(?:\"[^\"]*\"|\S+))*)\s*"
)
_MEMBER = re.compile(r"(\w+)=(?:\"([^\"]*)\"|(\S+))")
_NAMES = {"until": "expires", "expires": "expires", "reason": "reason", "owner": "owner"}


@dataclass(frozen=True, slots=True)
class _Edit:
    """What stands between two offsets, and what comes there instead."""

    start: int
    end: int
    text: str


def with_blocks(source: Source) -> str:
    """Return the text of a source without faults, each such comment replaced by blocks in the object it is in.

    A comment right above an object is about that object. What is not understood, is in no object, or is suppressed
    there already stays as it is.
    """
    text = source.text
    if WORD not in text:
        return text
    blocks = [one for one in parse_file(source)[0].blocks if one.type in KINDS]
    taken = {
        (id(block), label.value)
        for block in blocks
        for inner in block.body.blocks
        if inner.type == "suppress"
        for label in inner.labels
    }
    edits = [edit for start, end in _comments(source) for edit in _edits(text, start, end, blocks, taken)]
    for edit in reversed(sorted(edits, key=lambda one: one.start)):  # noqa: C413 - those of one place keep their order
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _comments(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where comments with the word stand; a text in quotes is none."""
    tokens = scan(source, keep=True)
    for kind, start, end in zip(tokens.types, tokens.starts, tokens.ends, strict=True):
        if kind == COMMENT and WORD in source.text[start:end]:
            yield start, end


def _edits(text: str, start: int, end: int, blocks: list[Block], taken: set[tuple[int, str]]) -> list[_Edit]:
    said = text[start:end]
    found = _COMMENT.fullmatch(said.rstrip("\r\n"))
    block = next((one for one in blocks if one.start <= start < one.end or _is_above(text, end, one)), None)
    members = _members(found["rest"]) if found is not None else None
    if found is None or members is None or block is None:
        return []
    rules = list(dict.fromkeys(one.strip() for one in found["rules"].split(",")))
    keys = {(id(block), rule) for rule in rules}
    if not taken.isdisjoint(keys):
        return []
    taken |= keys
    lines = "".join(f"  {name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in members.items())
    made = "".join(f'suppress "{rule}" {{\n{lines}}}\n' for rule in rules)
    first = text.rfind("\n", 0, start) + 1
    alone = not text[first:start].strip()
    gone = _Edit(first, end, "") if alone else _Edit(start, end, "\n" if said.endswith("\n") else "")
    brace = block.body.end
    before = "" if text[text.rfind("\n", 0, brace) + 1 : brace].strip() == "" else "\n"
    return [gone, _Edit(brace, brace, before + made)]


def _members(rest: str) -> dict[str, str] | None:
    """Return the arguments of the block, None when the comment says something that a block has no place for."""
    pairs = [(name, quoted or bare) for name, quoted, bare in _MEMBER.findall(rest)]
    if any(name not in _NAMES for name, _ in pairs) or any("${" in value or "%{" in value for _, value in pairs):
        return None
    return {_NAMES[name]: value for name, value in pairs}


def _is_above(text: str, end: int, block: Block) -> bool:
    return end <= block.start and not text[end : block.start].strip()
