"""YAML as Terraform writes it.

The rules are libyaml's, with every string and key in double quotes, strings of several lines as literal
blocks where they can be, and a width of 80 that double-quoted strings are folded at.
"""

from itertools import pairwise

from batchplan.lang import numbers
from batchplan.lang.numbers import BigFloat
from batchplan.lang.values import ListValue, MapValue, Null, ObjectValue, SetValue, TupleValue, Value

_INDENT = 2
_WIDTH = 80
_MAX_KEY_BYTES = 128
_BREAKS = "\n\r\u0085\u2028\u2029"
_BOM = "\ufeff"
_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\u0085": "\\N",
    "\u00a0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


class YamlError(Exception):
    """A value that YAML cannot say."""


def encode(value: Value) -> str:
    """Return a wholly known value as a YAML document."""
    emitter = _Emitter()
    emitter.root(value)
    return "".join(emitter.pieces)


class _Emitter:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.column = 0

    def root(self, value: Value) -> None:
        if _has_content(value):
            self.block(value, 0)
        else:
            self.leaf(value, 0)
        if self.column:
            self.write("\n")
        if not isinstance(value, str) and not _is_collection(value):
            # A plain scalar could go on; the end of the document is marked.
            self.write("...\n")

    def write(self, text: str) -> None:
        self.pieces.append(text)
        newline = max(text.rfind(c) for c in "\n\u2028\u2029")
        self.column = len(text) - newline - 1 if newline >= 0 else self.column + len(text)

    def line(self, indent: int) -> None:
        if self.column:
            self.write("\n")
        self.write(" " * indent)

    def block(self, value: Value, indent: int) -> None:
        """Write the entries of a collection, the first where the line stands."""
        if isinstance(value, (ObjectValue, MapValue)):
            for at, (name, item) in enumerate(value.entries.items()):
                if at:
                    self.line(indent)
                self.entry(name, item, indent)
            return
        assert isinstance(value, (TupleValue, ListValue, SetValue)), "only collections have entries"
        for at, item in enumerate(value.items):
            if at:
                self.line(indent)
            self.write("- ")
            self.nested(item, indent)

    def nested(self, value: Value, indent: int) -> None:
        """Write what follows an indicator on its line."""
        if _has_content(value):
            self.block(value, indent + _INDENT)
        else:
            self.leaf(value, indent)

    def entry(self, name: str, value: Value, indent: int) -> None:
        if not _simple_key(name):
            self.write("? ")
            self.leaf(name, indent)
            self.line(indent)
            self.write(": ")
            self.nested(value, indent)
            return
        self.write(f'"{_escaped(name)}":')
        if not _has_content(value):
            self.write(" ")
            self.leaf(value, indent)
            return
        # A sequence that is a mapping's value is not indented.
        inside = indent + _INDENT if isinstance(value, (ObjectValue, MapValue)) else indent
        self.line(inside)
        self.block(value, inside)

    def leaf(self, value: Value, indent: int) -> None:
        if isinstance(value, str):
            if "\n" in value and _block_allowed(value):
                self.literal(value, indent + _INDENT)
            else:
                self.quoted(value, indent + _INDENT)
        else:
            self.write(_plain(value))

    def literal(self, value: str, indent: int) -> None:
        hint = str(_INDENT) if value[0] == " " or value[0] in _BREAKS else ""
        chomp = "-"
        if value[-1] in _BREAKS:
            chomp = "+" if len(value) == 1 or value[-2] in _BREAKS else ""
        self.write(f"|{hint}{chomp}\n")
        fresh = True
        for character in value:
            if character in _BREAKS:
                fresh = True
            elif fresh:
                self.write(" " * indent)
                fresh = False
            self.write(character)

    def quoted(self, value: str, indent: int) -> None:
        """Write in double quotes, folded at spaces past the width."""
        if len(value) + self.column <= _WIDTH // 10 or " " not in value:
            self.write(f'"{_escaped(value)}"')
            return
        self.write('"')
        spaced = False
        whole = value.startswith(_BOM)
        for at, character in enumerate(value):
            if character == " " and not whole:
                if not spaced and self.column > _WIDTH and 0 < at < len(value) - 1:
                    self.line(indent)
                    if value[at + 1] == " ":
                        self.write("\\")
                else:
                    self.write(" ")
                spaced = True
            else:
                escape = _escape(character) if whole or not _stands_in_quotes(character) else character
                self.write(escape)
                spaced = False
        self.write('"')


def _is_collection(value: Value) -> bool:
    return isinstance(value, (TupleValue, ListValue, SetValue, ObjectValue, MapValue))


def _has_content(value: Value) -> bool:
    if isinstance(value, (ObjectValue, MapValue)):
        return bool(value.entries)
    return isinstance(value, (TupleValue, ListValue, SetValue)) and bool(value.items)


def _plain(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | BigFloat():
            if numbers.is_infinite(value):
                return "+Inf" if numbers.sign(value) > 0 else "-Inf"
            return numbers.to_text(value)
        case Null():
            return "null"
        case ObjectValue() | MapValue():
            return "{}"
        case TupleValue() | ListValue() | SetValue():
            return "[]"
        case _:
            raise YamlError("a type cannot be written as YAML")


def _printable(character: str) -> bool:
    return character == "\n" or " " <= character <= "~" or ("\u00a0" <= character <= "\ufffd" and character != _BOM)


def _block_allowed(value: str) -> bool:
    """Whether a literal block means the same: nothing to escape, no space at the end of a line."""
    if value[-1] == " " or not all(map(_printable, value)):
        return False
    return not any(before == " " and after in _BREAKS for before, after in pairwise(value))


def _simple_key(name: str) -> bool:
    return len(name.encode()) <= _MAX_KEY_BYTES and not any(c in name for c in _BREAKS)


def _stands_in_quotes(character: str) -> bool:
    return _printable(character) and character not in _BREAKS and character not in '"\\'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _escaped(value: str) -> str:
    # The emitter Terraform uses takes a leading byte order mark as one before every character.
    whole = value.startswith(_BOM)
    return "".join(_escape(c) if whole or not _stands_in_quotes(c) else c for c in value)
