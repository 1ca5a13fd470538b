"""Cuts the text of a formula into tokens; comments are kept apart, faults are reported and skipped."""

import re
from dataclasses import dataclass, field
from enum import Enum

from batchplan.autoscale.findings import Finding, Lines


class Kind(Enum):
    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    OPERATOR = "operator"
    BAD = "bad"  # stands for a reported fault, so that the parser does not report it again
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """From `//` to the end of the line, without the line break."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """The tokens of a text, closed by one of kind END, its comments, and the faults met on the way."""

    tokens: list[Token] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)


_PATTERN = re.compile(
    r"""(?P<blank>[\s\ufeff]+)
      | (?P<comment>//[^\n]*)
      | (?P<block>/\*(?:.|\n)*?(?:\*/|\Z))
      | (?P<placeholder>\$\{[^}\n;]*\}? | \{\{[^}\n;]*(?:\}\})? | \{[^{}\n;]*\} | %\(\w*\)[sdif]? | %[sd]\b | @\{?\w+\}? )
      | (?P<name>\$?[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<escape>&(?:lt|gt|amp|quot|apos|\#\d+); | \\"(?:[^"\\\n]|\\(?!"))*\\" | \\.?)
      | (?P<string>"[^"\n]*"?)
      | (?P<single>'[^'\n]*'?)
      | (?P<operator><=|>=|==|!=|&&|\|\||[-+*/<>!?:=(),.;])
    """,
    re.VERBOSE,
)

_LOOKALIKES = {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "；": ";", "，": ","}
_HINTS = {
    "&": "write && for 'and'",
    "|": "write || for 'or'",
    "%": "there is no remainder; keep what you need with a division",
    "[": "vectors cannot be written; pass several arguments to the function",
    "]": "vectors cannot be written; pass several arguments to the function",
    "$": "a name follows the $ at once and starts with a letter or _",
    "#": "comments start with //",
}


def scan(text: str) -> Scan:
    """Every token of `text`; never fails."""
    lines, out, at = Lines(text), Scan(), 0
    while at < len(text):
        found = _PATTERN.match(text, at)
        end = found.end() if found else at + 1
        _take(out, lines, text[at:end], found.lastgroup if found else None, at)
        at = end
    out.tokens.append(Token(Kind.END, "", len(text), len(text)))
    return out


def _take(out: Scan, lines: Lines, text: str, group: str | None, at: int) -> None:
    end = at + len(text)
    match group:
        case "blank":
            pass
        case "comment":
            out.comments.append(Comment(text.rstrip(), at, at + len(text.rstrip())))
        case "name" | "number" | "operator":
            out.tokens.append(Token(Kind(group), text, at, end))
        case "string":
            _string(out, lines, text, at)
        case "single":
            out.faults.append(
                lines.finding("AS122", "Single quotes are not documented for strings.", 'Use "double quotes".', at, end)
            )
            _string(out, lines, text, at)
        case _:
            out.faults.append(_fault(lines, text, group, at))
            if group != "block":
                out.tokens.append(Token(Kind.BAD, text, at, end))


def _string(out: Scan, lines: Lines, text: str, at: int) -> None:
    end = at + len(text)
    if len(text) >= 2 and text[-1] == text[0]:
        out.tokens.append(Token(Kind.STRING, text[1:-1], at, end))
        return
    out.faults.append(lines.finding("AS002", "The string is not closed.", "Close it on the same line.", at, end))
    out.tokens.append(Token(Kind.BAD, text, at, end))


def _fault(lines: Lines, text: str, group: str | None, at: int) -> Finding:
    end = at + len(text)
    match group:
        case "placeholder":
            message = f"{text} is a placeholder that was never filled in."
            return lines.finding("AS004", message, "Render the template before the formula is sent.", at, end)
        case "escape":
            message = f"{text[:20]} is the escaping of another format, left in the text."
            return lines.finding("AS004", message, "Write the characters themselves.", at, end)
        case "block":
            return lines.finding("AS003", "Block comments do not exist here.", "Start each line with //.", at, end)
        case _:
            fix = f"Write {_LOOKALIKES[text]}" if text in _LOOKALIKES else _HINTS.get(text, "Remove it.")
            return lines.finding("AS003", f"{text!r} has no meaning in a formula.", fix, at, end)
