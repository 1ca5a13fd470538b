"""HCL text made from data. python-hcl2 builds and writes the blocks; texts, keys and expressions go in by our rules.

python-hcl2 8.1 takes a quote that is followed by `$${` for the end of a string and writes map keys bare, so it is
given names that stand for them, and these are replaced in what it wrote.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import hcl2

from batchplan.lang.format import format_text
from batchplan.lang.values import quoted

_MARK = re.compile(r"__batchplan_(\d+)__")
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KEYWORDS = frozenset({"for", "if", "in", "null", "true", "false"})
_HEREDOC_LINES = 3
"""A text of so many lines is written as a heredoc, where it can be."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression, as it is to be written."""

    text: str


@dataclass(frozen=True, slots=True)
class BlockText:
    """A block to be written. Values of arguments are JSON-like data, with `Expression` anywhere inside."""

    type: str
    labels: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    blocks: Sequence["BlockText"] = ()


def write(blocks: Sequence[BlockText]) -> str:
    """Return blocks as HCL in the layout of `fmt`; evaluated, it is worth the data again."""
    return "\n".join(format_text(_text(block)) for block in blocks)


def _text(block: BlockText) -> str:
    stand_ins: list[str] = []
    builder = hcl2.Builder()
    _add(builder, block, stand_ins)
    data = builder.build()  # type: ignore[no-untyped-call]
    lines = [line.rstrip() for line in hcl2.dumps(data).split("\n")]
    kept = [line for at, line in enumerate(lines) if line or (at > 0 and lines[at - 1] and lines[at - 1][-1] != "{")]
    text = "\n".join(kept).strip("\n") + "\n"
    return _MARK.sub(lambda found: stand_ins[int(found[1])], text)


def _add(builder: Any, block: BlockText, stand_ins: list[str]) -> None:
    labels = [_stand_in(quote(label), stand_ins) for label in block.labels]
    made = builder.block(block.type, labels)
    made.attributes.update({name: _argument(value, stand_ins) for name, value in block.arguments.items()})
    for inner in block.blocks:
        _add(made, inner, stand_ins)


def _stand_in(text: str, stand_ins: list[str]) -> str:
    stand_ins.append(text)
    return f"__batchplan_{len(stand_ins) - 1}__"


def _argument(value: Any, stand_ins: list[str]) -> Any:
    """Only the whole value of an argument can be a heredoc: its last line must stand alone."""
    return _stand_in(text_value(value), stand_ins) if isinstance(value, str) else _value(value, stand_ins)


def _value(value: Any, stand_ins: list[str]) -> Any:
    match value:
        case None | bool() | int():
            return value
        case Expression(text=text):
            return _stand_in(text, stand_ins)
        case str():
            return _stand_in(quote(value), stand_ins)
        case float():
            return _stand_in(repr(value), stand_ins)
        case Mapping():
            return {_key(name, stand_ins): _value(item, stand_ins) for name, item in value.items()}
        case list() | tuple():
            return [_value(item, stand_ins) for item in value]
    raise TypeError(f"not a value that can be written: {type(value).__name__}")


def _key(name: str, stand_ins: list[str]) -> str:
    return _stand_in(name if _BARE.fullmatch(name) and name not in _KEYWORDS else quote(name), stand_ins)


def quote(text: str) -> str:
    """Return a text in quotes; what would be a template sequence is escaped."""
    return quoted(text).replace("${", "$${").replace("%{", "%%{")


def text_value(text: str) -> str:
    """Return an expression that is worth a text: in quotes, or as a heredoc where it has several lines."""
    lines = text.removesuffix("\n").split("\n")
    printable = all(letter.isprintable() or letter == "\t" for line in lines for letter in line)
    if len(lines) < _HEREDOC_LINES or not printable:
        return quote(text)
    marker = "EOT"
    while any(line.strip() == marker for line in lines):
        marker += "_"
    inner = text.removesuffix("\n").replace("${", "$${").replace("%{", "%%{")
    heredoc = f"<<{marker}\n{inner}\n{marker}\n"
    return heredoc.removesuffix("\n") if text.endswith("\n") else f"chomp({heredoc})"
