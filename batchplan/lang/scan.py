"""Text to tokens.

Tokens are parallel lists, because a large configuration has millions of them. Types are short strings:
a bracket or an operator is its own type, the others are the constants below. The scanner does what a
grammar cannot: it leaves out line breaks where they mean nothing (inside `(`, `[`, `${`, `%{` and
`{ for`), and scans templates by mode. A fault becomes a `BAD` token and scanning goes on, so that the
parser can report it at its place and continue after it.
"""

import re
from dataclasses import dataclass, field

from batchplan.core import codes
from batchplan.core.diagnostics import Code, Diagnostic
from batchplan.core.source import Range, Source
from batchplan.lang import strangers

NAME, STRING, NUMBER, NEWLINE, EOF, BAD, COMMENT = "name", "string", "number", "newline", "end", "bad", "comment"
QUOTE, QUOTE_END, HEREDOC, HEREDOC_END = '"', '"end', "<<", "<<end"
TEXT, INTERPOLATION, DIRECTIVE, SEQUENCE_END = "text", "${", "%{", "}end"

CODE, QUOTED, LINES, BARE = range(4)
"""What is being scanned: code, a quoted string, the lines of a heredoc, a bare template."""

_TOKEN = re.compile(
    r"""[ \t]*(?:
      (?P<name>[A-Za-z_][A-Za-z0-9_\-]*+(?![^\x00-\x7f]))
    | (?P<string>"[^"\\$%\n\r]*")
    | (?P<newline>\r?\n)
    | (?P<operator>&&|\|\||==|!=|<=|>=|=>|\.\.\.|::|[=.,?:+\-*%!>]|<(?!<)|/(?![/*]))
    | (?P<number>[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?!\.[0-9]))
    | (?P<open>[\[(])
    | (?P<close>[\])])
    | (?P<brace>\{)
    | (?P<unbrace>~?\})
    | (?P<quote>")
    | (?P<remark>\#[^\n]*\n?|//[^\n]*\n?)
    | (?P<comment>/\*(?s:.*?)\*/)
    | (?P<heredoc><<-?[^\W\d][\w\-]*\r?\n)
    | (?P<blank>[ \t]+)
    )""",
    re.VERBOSE,
)
_QUOTED_TEXT = re.compile(r"(?:[^\"\\$%\n\r]+|\\(?:[^\n]|$)|\r(?!\n)|\$(?!\{)(?:\$\{)?|%(?!\{)(?:%\{)?)+")
_LINE_TEXT = re.compile(r"(?:[^$%\n]+|\$(?!\{)(?:\$\{)?|%(?!\{)(?:%\{)?)+")
_OPENING = {")": "(", "]": "["}
_SEQUENCE = re.compile(r"[$%]\{~?")
_FOR_AHEAD = re.compile(r"(?:[ \t\r\n]|\#[^\n]*\n|//[^\n]*\n|(?>/\*(?s:.*?)\*/))*+for(?![\w\-])")


@dataclass(slots=True)
class Tokens:
    """Parallel lists, the last token being `EOF`. `faults` has the diagnostic of each `BAD` token, `unwound` how
    many open brackets it gave up."""

    types: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    faults: dict[int, Diagnostic] = field(default_factory=dict)
    unwound: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """An open bracket or template and what to go back to at its end."""

    kind: str
    start: int
    drop: bool
    mode: int
    marker: str


def scan(source: Source, start: int = 0, mode: int = CODE, *, drop: bool = False, keep: bool = False) -> Tokens:
    """Return the tokens from an offset on.

    With `drop`, line breaks outside all brackets are left out too. With `keep`, no line break is left out, and
    comments are tokens, together with the line break that ends them.
    """
    scanner = _Scanner(source, start, mode, drop, keep)
    scanner.run()
    return scanner.tokens


class _Scanner:
    def __init__(self, source: Source, start: int, mode: int, drop: bool, keep: bool) -> None:
        self.source = source
        self.text = source.text
        self.at = start
        if start == 0 and mode == CODE and self.text.startswith("\ufeff"):
            self.at = 1
        self.mode = mode
        self.drop = drop
        self.keep = keep
        self.marker = ""
        self.line_start = False
        self.stack: list[_Open] = []
        self.tokens = Tokens()

    def run(self) -> None:
        steps = (self.code, self.quoted, self.lines, self.bare)
        size = len(self.text)
        while self.at < size:
            steps[self.mode]()
        if self.mode == LINES and self.line_start:
            self.lines()
        self.finish()
        self.add(EOF, size, size)

    def add(self, kind: str, start: int, end: int) -> None:
        tokens = self.tokens
        tokens.types.append(kind)
        tokens.values.append(self.text[start:end])
        tokens.starts.append(start)
        tokens.ends.append(end)

    def bad(self, code: Code, detail: str, start: int, end: int, place: int | None = None, unwound: int = 0) -> None:
        """Add a BAD token at `place` (by default the range itself)."""
        index = len(self.tokens.types)
        self.tokens.faults[index] = Diagnostic(code, detail, Range(self.source, start, end))
        self.tokens.unwound[index] = unwound
        self.add(BAD, start if place is None else place, end if place is None else place)

    def push(self, kind: str, start: int) -> None:
        self.stack.append(_Open(kind, start, self.drop, self.mode, self.marker))

    def pop(self) -> _Open:
        top = self.stack.pop()
        self.drop, self.mode, self.marker = top.drop, top.mode, top.marker
        return top

    def code(self) -> None:
        """Scan code until a template starts or ends, a stranger comes, or the text ends."""
        tokens, text, at, stack = self.tokens, self.text, self.at, self.stack
        types, values, starts, ends = tokens.types, tokens.values, tokens.starts, tokens.ends
        match = _TOKEN.match
        while found := match(text, at):
            kind = found.lastgroup
            at = found.end()
            value = found[kind]  # type: ignore[index]  # one group always matches
            if kind == "operator":
                kind = value
            elif kind == "newline":
                if self.drop and not self.keep:
                    continue
            elif kind == "open":
                kind = value
                stack.append(_Open(value, at - 1, self.drop, CODE, self.marker))
                self.drop = True
            elif kind == "close":
                kind = value
                if stack and stack[-1].kind == _OPENING[value]:
                    self.drop = stack.pop().drop
            elif kind == "brace":
                kind = value
                stack.append(_Open(value, at - 1, self.drop, CODE, self.marker))
                self.drop = _FOR_AHEAD.match(text, at) is not None
            elif kind == "string":
                starts.append(at - len(value))
                ends.append(at)
                types.append(kind)
                values.append(value[1:-1])
                continue
            elif kind in _RARE:
                self.at = at
                if getattr(self, _RARE[kind])(value, at - len(value), stack):
                    return
                continue
            starts.append(at - len(value))
            ends.append(at)
            types.append(kind)  # type: ignore[arg-type]
            values.append(value)
        self.at = at
        self.stranger()

    def close_brace(self, value: str, start: int, stack: list[_Open]) -> bool:
        """Close a template sequence or a brace; brackets left open inside a brace end with it."""
        if stack and stack[-1].kind == INTERPOLATION:
            self.add(SEQUENCE_END, start, self.at)
            self.pop()
            self.line_start = False
            return True
        if len(value) == 2:
            self.bad(codes.INVALID_CHARACTER, "`~}` ends a template sequence, and none is open here.", start, self.at)
            return False
        self.add(value, start, self.at)
        for index in range(len(stack) - 1, -1, -1):
            kind = stack[index].kind
            if kind == "{":
                self.drop = stack[index].drop
                del stack[index:]
                break
            if kind == INTERPOLATION:
                break
        return False

    def remark(self, value: str, start: int, _stack: list[_Open]) -> bool:
        if self.keep:
            self.add(COMMENT, start, self.at)
        elif not self.drop and value[-1] == "\n":
            self.add(NEWLINE, start, self.at)
        return False

    def comment(self, _value: str, start: int, _stack: list[_Open]) -> bool:
        if self.keep:
            self.add(COMMENT, start, self.at)
        return False

    def skip(self, _value: str, _start: int, _stack: list[_Open]) -> bool:
        return False

    def open_quote(self, _value: str, start: int, _stack: list[_Open]) -> bool:
        self.add(QUOTE, start, self.at)
        self.push(QUOTE, start)
        self.mode = QUOTED
        return True

    def open_heredoc(self, value: str, start: int, _stack: list[_Open]) -> bool:
        self.add(HEREDOC, start, self.at)
        self.push(HEREDOC, start)
        self.mode, self.marker, self.line_start = LINES, value.lstrip("<-").rstrip(), True
        return True

    def sequence(self) -> None:
        """Open `${` or `%{`."""
        found = _SEQUENCE.match(self.text, self.at)
        assert found is not None
        start, self.at = self.at, found.end()
        self.add(INTERPOLATION if found[0][0] == "$" else DIRECTIVE, start, self.at)
        self.push(INTERPOLATION, start)
        self.mode, self.drop = CODE, True

    def literal(self, end: int) -> None:
        self.add(TEXT, self.at, end)
        self.at = end

    def quoted(self) -> None:
        found = _QUOTED_TEXT.match(self.text, self.at)
        if found:
            self.literal(found.end())
            if self.at >= len(self.text):
                return
        here = self.text[self.at]
        if here == '"':
            self.pop()
            self.add(QUOTE_END, self.at, self.at + 1)
            self.at += 1
        elif here in "$%":
            self.sequence()
        elif here == "\\":
            self.literal(self.at + 1)
        else:
            self.broken_string()

    def lines(self) -> None:
        """Scan one literal of a heredoc, at most to the end of its line, or the closing marker."""
        text, at = self.text, self.at
        if self.line_start:
            end = text.find("\n", at)
            line = text[at:] if end < 0 else text[at:end]
            if line.strip() == self.marker:
                self.pop()
                self.at = at + len(line.rstrip("\r"))
                self.add(HEREDOC_END, at, self.at)
                self.line_start = False
                return
            self.line_start = False
        if at < len(text):
            self.line_literal()

    def line_literal(self) -> None:
        found = _LINE_TEXT.match(self.text, self.at)
        end = found.end() if found else self.at
        if self.text.startswith("\n", end):
            self.line_start = True
            self.literal(end + 1)
        elif found:
            self.literal(end)
        else:
            self.sequence()

    def bare(self) -> None:
        self.line_literal()

    def stranger(self) -> None:
        """Add a BAD token for what is no token, unless only blanks are left."""
        text = self.text
        while self.at < len(text) and text[self.at] in " \t":
            self.at += 1
        if self.at >= len(text):
            return
        end = strangers.identifier_end(text, self.at)
        if end > self.at:
            self.add(NAME, self.at, end)
            self.at = end
            return
        start = self.at
        code, detail, self.at = strangers.explain(text, start)
        self.bad(code, detail, start, self.at)
        if text.startswith("/*", start):
            self.at = len(text)

    def broken_string(self) -> None:
        """End a quoted string at the end of its line, with every sequence and string that began on that line."""
        line = self.text.rfind("\n", 0, self.at) + 1
        depth = len(self.stack) - 1
        outer = depth
        sequence = None
        while depth >= 0 and self.stack[depth].start >= line:
            if self.stack[depth].kind == INTERPOLATION:
                sequence = self.stack[depth]
            elif self.stack[depth].kind == QUOTE:
                outer = depth
            depth -= 1
        unwound = len(self.stack) - outer
        opener = self.stack[outer]
        del self.stack[outer + 1 :]
        self.pop()
        if sequence is not None and sequence.start > opener.start:
            opening = self.text[sequence.start : sequence.start + 2]
            detail = f"This `{opening}` has no closing `}}` before the end of the line. Close it, or write `{opening[0]}{opening}` for the characters themselves."
            self.bad(codes.UNTERMINATED_TEMPLATE, detail, sequence.start, sequence.start + 2, self.at, unwound)
            return
        detail = 'A quoted string ends on the line where it begins. Close it with `"`, write `\\n` for a line break, or use a heredoc (`<<EOT`).'
        self.bad(codes.MULTILINE_STRING, detail, opener.start, self.at, self.at, unwound)

    def finish(self) -> None:
        """Report the innermost template still open at the end of the text."""
        opener = next((entry for entry in reversed(self.stack) if entry.kind in (QUOTE, HEREDOC, INTERPOLATION)), None)
        if opener is None:
            return
        size, start = len(self.text), opener.start
        if opener.kind == QUOTE:
            self.bad(codes.UNTERMINATED_STRING, 'This string has no closing `"`.', start, start + 1, size)
        elif opener.kind == INTERPOLATION:
            text = self.text[start : start + 2]
            detail = f"This `{text}` has no closing `}}`. Close it, or write `{text[0]}{text}` for the characters themselves."
            self.bad(codes.UNTERMINATED_TEMPLATE, detail, start, start + 2, size)
        else:
            marker = self.text[start : self.text.index("\n", start)].rstrip("\r")
            word = marker.lstrip("<-")
            detail = f"No line consists of `{word}` alone, so this heredoc never ends. Put `{word}` on a line of its own, with nothing after it."
            self.bad(codes.INVALID_HEREDOC, detail, start, start + len(marker), size)


_RARE = {
    "unbrace": "close_brace",
    "quote": "open_quote",
    "remark": "remark",
    "comment": "comment",
    "blank": "skip",
    "heredoc": "open_heredoc",
}
