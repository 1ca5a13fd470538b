"""Texts as Terraform sees them: composed (NFC), counted in grapheme clusters, mapped case by case."""

import unicodedata
from collections.abc import Callable

from batchplan.lang import numbers
from batchplan.lang.functions.function import ArgumentError, FunctionError
from batchplan.lang.numbers import BigFloat, Number

MAX_TEXT = 1 << 24
"""How many characters padding and repeating may make; beyond it a typing error is likelier than a need."""

WHITE_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""Unicode's White_Space. Python's own strip() takes the separators U+001C to U+001F as well."""


def nfc(text: str) -> str:
    """Return the text composed; every string a function returns is."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def graphemes(text: str) -> list[str]:
    """Return the user-perceived characters of a text."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    import regex

    return regex.findall(r"\X", text)


def grapheme_count(text: str) -> int:
    """Return how many user-perceived characters a text has."""
    return len(text) if text.isascii() and "\r\n" not in text else len(graphemes(text))


def _single(character: str, mapping: Callable[[str], str]) -> str:
    """Map to one character; where the full mapping has several (`ß` to `SS`), the title case may be the one."""
    mapped = mapping(character)
    if len(mapped) == 1:
        return mapped
    if mapping is str.lower:
        return "i"  # U+0130 is the one letter whose full lower case is two characters
    titled = character.title()
    return titled if len(titled) == 1 else character


def upper(text: str) -> str:
    """Return upper case, each character by itself: `straße` becomes `STRAßE`."""
    return text.upper() if text.isascii() else "".join(_single(c, str.upper) for c in text)


def lower(text: str) -> str:
    """Return lower case, each character by itself."""
    return text.lower() if text.isascii() else "".join(_single(c, str.lower) for c in text)


def title_letter(character: str) -> str:
    """Return the title case of one character."""
    return _single(character, str.title)


def whole(index: int, value: Number) -> int:
    """Return an argument as an integer of 64 bits; raise ArgumentError for anything else."""
    if type(value) is BigFloat and not numbers.is_whole(value):
        raise ArgumentError(index, "it must be a whole number, without a fraction")
    number = numbers.truncate(value)
    if not -(1 << 63) <= number < 1 << 63:
        raise ArgumentError(index, "it is too large; use a whole number of at most 64 bits")
    return number


def limited(length: int) -> None:
    """Raise FunctionError when a result would be absurdly long."""
    if length > MAX_TEXT:
        raise FunctionError(f"the result would have more than {MAX_TEXT:,} characters; use a smaller number")
