"""Strings made of parts."""

from collections.abc import Sequence

from batchplan.core.codes import TOO_LARGE
from batchplan.core.diagnostics import fault
from batchplan.core.source import Range
from batchplan.lang import effort
from batchplan.lang.types import STRING
from batchplan.lang.values import NO_MARKS, Marked, Marks, Unknown, Value, mark

MAX_STRING = 64 << 20
"""A template may make a string of this many characters; a chain of doublings ends here, not in the memory."""


def join_text(pieces: Sequence[Value], at: Range) -> Value:
    """Return strings joined; unknown when one is, with the marks of all."""
    marks: Marks = NO_MARKS
    known = True
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Marked):
            marks |= piece.marks
            piece = piece.value
        if type(piece) is str:
            texts.append(piece)
        else:
            known = False
    if sum(map(len, texts)) > MAX_STRING:
        raise fault(TOO_LARGE, f"The template makes a string of more than {MAX_STRING >> 20} million characters.", at)
    result: Value = normalised("".join(texts)) if known else Unknown(STRING, not_null=True)
    effort.spend_on(result, at)
    return mark(result, marks)


def normalised(text: str) -> str:
    """Return the text in Unicode normalisation form C, as every string value is."""
    if text.isascii():
        return text
    import unicodedata

    return unicodedata.normalize("NFC", text)
