"""Functions that cut, join and change strings."""

import re

from batchplan.lang.functions import regexes, text
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.functions.text import nfc
from batchplan.lang.numbers import Number
from batchplan.lang.types import BOOL, NUMBER, STRING, ListType
from batchplan.lang.values import ListValue, Null, Value

_STR = Parameter("str", STRING)
_SUBSTR = Parameter("substr", STRING)
_STRINGS = ListType(STRING)


@function("chomp", _STR, returns=STRING)
def chomp(value: str) -> Value:
    """Remove the line breaks at the end."""
    return re.sub(r"(?:\r\n?|\n)+\Z", "", value)


@function("endswith", _STR, Parameter("suffix", STRING), returns=BOOL)
def endswith(value: str, suffix: str) -> Value:
    """Tell whether a string ends with a suffix."""
    return value.endswith(suffix)


@function("indent", Parameter("spaces", NUMBER), _STR, returns=STRING)
def indent(spaces: Number, value: str) -> Value:
    """Indent every line but the first."""
    count = text.whole(0, spaces)
    if count < 0:
        raise ArgumentError(0, "it must not be negative")
    text.limited(len(value) + (value.count("\n") or 1) * count)
    return nfc(value.replace("\n", "\n" + " " * count))


@function("join", Parameter("separator", STRING), variadic=Parameter("lists", _STRINGS, whole=True), returns=STRING)
def join(separator: str, *lists: ListValue) -> Value:
    """Join the elements of lists with a separator."""
    if not lists:
        raise FunctionError("there is nothing to join; give at least one list")
    parts: list[str] = []
    for number, items in enumerate(lists, 1):
        for at, item in enumerate(items.items):
            if type(item) is Null:
                raise ArgumentError(number, f"its element {at} is null; leave nulls out, as with compact()")
            parts.append(item)  # type: ignore[arg-type]
    text.limited(sum(map(len, parts)) + len(separator) * len(parts))
    return nfc(separator.join(parts))


@function("lower", _STR, returns=STRING)
def lower(value: str) -> Value:
    """Return the string in lower case."""
    return nfc(text.lower(value))


@function("replace", _STR, _SUBSTR, Parameter("replace", STRING), returns=STRING)
def replace(value: str, substr: str, replacement: str) -> Value:
    """Replace each occurrence; between slashes, of what a regular expression matches."""
    if len(substr) > 1 and substr[0] == "/" and substr[-1] == "/":
        pattern = regexes.compiled(1, substr[1:-1])
        result = pattern.replace(value, replacement)
    else:
        text.limited(len(value) + (value.count(substr) or 1) * len(replacement))
        result = value.replace(substr, replacement)
    return nfc(result)


@function("split", Parameter("separator", STRING), _STR, returns=_STRINGS)
def split(separator: str, value: str) -> Value:
    """Split a string at each occurrence of a separator, or into its characters."""
    parts = value.split(separator) if separator else list(value)
    return ListValue(STRING, [nfc(part) for part in parts])


@function("startswith", _STR, Parameter("prefix", STRING), returns=BOOL)
def startswith(value: str, prefix: str) -> Value:
    """Tell whether a string starts with a prefix."""
    return value.startswith(prefix)


@function("strcontains", _STR, _SUBSTR, returns=BOOL)
def strcontains(value: str, substr: str) -> Value:
    """Tell whether a string contains another."""
    return substr in value


@function("strrev", _STR, returns=STRING)
def strrev(value: str) -> Value:
    """Return the characters in reverse order."""
    return nfc("".join(reversed(text.graphemes(value))))


@function("substr", _STR, Parameter("offset", NUMBER), Parameter("length", NUMBER), returns=STRING)
def substr(value: str, offset: Number, length: Number) -> Value:
    """Return part of a string; a negative offset counts from the end, a negative length takes the rest."""
    start, count = text.whole(1, offset), text.whole(2, length)
    characters = text.graphemes(value)
    if start < 0:
        start = max(0, start + len(characters))
        # From a negative offset, a length of 0 means the rest too, as in Terraform.
        count = count or -1
    chosen = characters[start:] if count < 0 else characters[start : start + count]
    return nfc("".join(chosen))


@function("title", _STR, returns=STRING)
def title(value: str) -> Value:
    """Put the first letter of each word in upper case."""
    result: list[str] = []
    separated = True
    for character in value:
        result.append(text.title_letter(character) if separated else character)
        if character.isascii():
            separated = not (character.isalnum() or character == "_")
        else:
            separated = character in text.WHITE_SPACE
    return nfc("".join(result))


@function("trim", _STR, Parameter("cutset", STRING), returns=STRING)
def trim(value: str, cutset: str) -> Value:
    """Remove any of a set of characters from both ends."""
    return nfc(value.strip(cutset)) if cutset else value


@function("trimprefix", _STR, Parameter("prefix", STRING), returns=STRING)
def trimprefix(value: str, prefix: str) -> Value:
    """Remove a prefix, once."""
    return nfc(value.removeprefix(prefix))


@function("trimspace", _STR, returns=STRING)
def trimspace(value: str) -> Value:
    """Remove white space from both ends."""
    return nfc(value.strip(text.WHITE_SPACE))


@function("trimsuffix", _STR, Parameter("suffix", STRING), returns=STRING)
def trimsuffix(value: str, suffix: str) -> Value:
    """Remove a suffix, once."""
    return nfc(value.removesuffix(suffix))


@function("upper", _STR, returns=STRING)
def upper(value: str) -> Value:
    """Return the string in upper case."""
    return nfc(text.upper(value))


FUNCTIONS: tuple[Function, ...] = (
    chomp,
    endswith,
    indent,
    join,
    lower,
    replace,
    split,
    startswith,
    strcontains,
    strrev,
    substr,
    title,
    trim,
    trimprefix,
    trimspace,
    trimsuffix,
    upper,
)
