"""JSON text to values that know where they stand.

The standard library's reader keeps no positions and lets the last of two equal members win; here members
stay in order, repeated ones included, because in the JSON form of HCL a repeated block name is legal.
"""

import re
from dataclasses import dataclass

from batchplan.core import codes
from batchplan.core.diagnostics import Diagnostic, Fault, fault
from batchplan.core.source import Range, Source
from batchplan.lang.height import MAX_DEPTH

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[^\s,:{}\[\]\"]+")
_RUN = re.compile(r'[^"\\\x00-\x1f]*')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_SELECTORS = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_MEANT = {"True": "true", "False": "false", "None": "null", "nil": "null", "undefined": "null"}


@dataclass(slots=True, eq=False)
class JsonString:
    """A string; `places` has the source offset of each character and of the end, or is None when none is escaped."""

    text: str
    places: list[int] | None
    start: int
    end: int

    def place(self, offset: int) -> int:
        """Return where in the source a character of the text stands."""
        return self.start + 1 + offset if self.places is None else self.places[offset]


@dataclass(slots=True, eq=False)
class JsonNumber:
    """A number as written."""

    text: str
    start: int
    end: int


@dataclass(slots=True, eq=False)
class JsonWord:
    """true, false or null."""

    value: bool | None
    start: int
    end: int


@dataclass(slots=True, eq=False)
class JsonArray:
    """`[…]`"""

    items: "list[JsonValue]"
    start: int
    end: int


@dataclass(slots=True, eq=False)
class JsonMember:
    """`"name": value`"""

    name: JsonString
    value: "JsonValue"


@dataclass(slots=True, eq=False)
class JsonObject:
    """`{…}` with its members in order."""

    members: list[JsonMember]
    start: int
    end: int


JsonValue = JsonString | JsonNumber | JsonWord | JsonArray | JsonObject


def parse_json(source: Source) -> tuple[JsonObject | JsonArray | None, list[Diagnostic]]:
    """Return the object (or array of objects) of a text, or None and what is wrong."""
    try:
        value = _Reader(source).document()
    except Fault as caught:
        return None, [caught.diagnostic]
    return value, []


def string_at(source: Source, start: int) -> JsonString:
    """Return the string that begins at an offset of a text that was read before."""
    reader = _Reader(source)
    reader.at = start
    return reader.string()


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 1 if source.text.startswith("\ufeff") else 0
        self.depth = 0

    def failure(self, detail: str, start: int, end: int | None = None) -> Fault:
        end = min(start + 1, len(self.text)) if end is None else end
        return fault(codes.INVALID_JSON, detail, Range(self.source, start, end))

    def blanks(self) -> str:
        """Skip blanks; return the next character, or the empty string at the end."""
        found = _BLANK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        here = self.text[self.at : self.at + 1]
        if here in ("/", "#"):
            raise self.failure('JSON has no comments. A member named `"//"` is ignored and can hold one.', self.at)
        return here

    def document(self) -> JsonObject | JsonArray:
        if not self.blanks():
            raise self.failure("The file is empty; a configuration in JSON is at least `{}`.", 0, 0)
        value = self.value()
        if self.blanks():
            raise self.failure("The JSON value is complete here; nothing may follow it.", self.at)
        if isinstance(value, JsonArray):
            for item in value.items:
                if not isinstance(item, JsonObject):
                    raise self.failure(
                        "A configuration in JSON is an object, or an array of objects.", item.start, item.end
                    )
            return value
        if not isinstance(value, JsonObject):
            raise self.failure("A configuration in JSON is an object, `{…}`.", value.start, value.end)
        return value

    def value(self) -> JsonValue:
        here = self.blanks()
        if here == '"':
            return self.string()
        if here in ("{", "["):
            return self.nested(here)
        found = _NUMBER.match(self.text, self.at)
        word = _WORD.match(self.text, self.at)
        start = self.at
        if found and word and found.end() == word.end():
            self.at = found.end()
            return JsonNumber(found[0], start, self.at)
        if word and word[0] in _WORDS:
            self.at = word.end()
            return JsonWord(_WORDS[word[0]], start, self.at)
        raise self.no_value(here, word[0] if word else "")

    def no_value(self, here: str, word: str) -> Fault:
        start = self.at
        end = start + len(word)
        if not here:
            return self.failure("The file ends where a value should stand.", start, start)
        if here in ",}]:":
            return self.failure(f"A value is missing before `{here}`.", start)
        if here == "'":
            return self.failure('JSON strings stand between double quotes: `"…"`.', start, end)
        if word in _MEANT:
            return self.failure(f"In JSON this is written `{_MEANT[word]}`.", start, end)
        if here.isdigit() or here in "+-.":
            detail = "A JSON number has decimal digits only, no leading `+`, `.` or zeros: `10`, `-0.5`, `1e6`."
            return self.failure(f"`{word}` is no JSON number. {detail}", start, end)
        return self.failure(
            f'`{word}` is no JSON value. Text stands between double quotes; an expression is written `"${{…}}"`.',
            start,
            end,
        )

    def nested(self, here: str) -> JsonValue:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            detail = f"This is nested more than {MAX_DEPTH} levels deep."
            raise fault(codes.TOO_DEEP, detail, Range(self.source, self.at, self.at + 1))
        value: JsonValue = self.object() if here == "{" else self.array()
        self.depth -= 1
        return value

    def object(self) -> JsonObject:
        start = self.at
        members: list[JsonMember] = []
        self.at += 1
        while (here := self.blanks()) != "}" or members:
            if here != '"':
                raise self.no_name(here, start, after_comma=bool(members))
            name = self.string()
            if (here := self.blanks()) != ":":
                detail = 'A colon must follow the name of a member: `"name": value`.'
                raise self.failure(
                    "JSON writes `:` between name and value, not `=`." if here == "=" else detail, name.start, name.end
                )
            self.at += 1
            members.append(JsonMember(name, self.value()))
            if not self.goes_on("}", start):
                break
        self.at += 1
        return JsonObject(members, start, self.at)

    def no_name(self, here: str, opener: int, *, after_comma: bool) -> Fault:
        if not here:
            return self.failure("This `{` is never closed: `}` is missing.", opener)
        if here == "}" and after_comma:
            return self.failure(
                "JSON allows no comma after the last member. Remove it.", self.text.rindex(",", 0, self.at)
            )
        word = _WORD.match(self.text, self.at)
        if word and here != "'":
            return self.failure(
                f'The name of a member stands between double quotes: `"{word[0]}"`.', self.at, word.end()
            )
        return self.failure("The name of a member, between double quotes, should stand here.", self.at)

    def array(self) -> JsonArray:
        start = self.at
        items: list[JsonValue] = []
        self.at += 1
        while (here := self.blanks()) != "]" or items:
            if here == "]":
                raise self.failure(
                    "JSON allows no comma after the last item. Remove it.", self.text.rindex(",", 0, self.at)
                )
            if not here:
                raise self.failure("This `[` is never closed: `]` is missing.", start)
            items.append(self.value())
            if not self.goes_on("]", start):
                break
        self.at += 1
        return JsonArray(items, start, self.at)

    def goes_on(self, closer: str, opener: int) -> bool:
        """Pass a comma and return True; False before the closing bracket."""
        here = self.blanks()
        if here == ",":
            self.at += 1
            return True
        if here == closer:
            return False
        if not here or here in "]}":
            raise self.failure(f"This `{self.text[opener]}` is not closed: `{closer}` is missing.", opener)
        raise self.failure("A comma is missing before this.", self.at)

    def string(self) -> JsonString:
        start = self.at
        self.at += 1
        found = _RUN.match(self.text, self.at)
        assert found is not None
        if self.text.startswith('"', found.end()):
            self.at = found.end() + 1
            return JsonString(found[0], None, start, self.at)
        return self.escaped_string(start)

    def escaped_string(self, start: int) -> JsonString:
        characters: list[str] = []
        places: list[int] = []
        text = self.text
        while True:
            here = text[self.at : self.at + 1]
            if here == '"':
                break
            if not here or here == "\n":
                raise self.failure('This string has no closing `"` on its line.', start, start + 1)
            if here < " ":
                raise self.failure(
                    f"A control character (U+{ord(here):04X}) must be escaped in a JSON string: `\\t`, `\\r` or `\\u….`",
                    self.at,
                )
            places.append(self.at)
            if here == "\\":
                here = self.escape()
            else:
                self.at += 1
            characters.append(here)
        self.at += 1
        places.append(self.at - 1)
        return JsonString("".join(characters), places, start, self.at)

    def escape(self) -> str:
        """Read one escape; a surrogate without its partner becomes U+FFFD."""
        start, selector = self.at, self.text[self.at + 1 : self.at + 2]
        if selector in _SELECTORS and selector:
            self.at += 2
            return _SELECTORS[selector]
        if selector != "u":
            detail = f"`\\{selector}` is no JSON escape. For a backslash write `\\\\`."
            raise self.failure(detail, start, start + 2)
        high = self.code_unit(start)
        if 0xD800 <= high < 0xDC00 and self.text.startswith("\\u", self.at):
            after = self.at
            low = self.code_unit(self.at)
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            self.at = after
        return "\ufffd" if 0xD800 <= high < 0xE000 else chr(high)

    def code_unit(self, start: int) -> int:
        digits = _HEX.match(self.text, start + 2)
        if digits is None:
            raise self.failure("`\\u` needs exactly four hexadecimal digits, as in `\\u00e9`.", start, start + 2)
        self.at = digits.end()
        return int(digits[0], 16)
