"""Characters that begin no token: identifiers outside ASCII, and what to say of the rest."""

import re

from batchplan.core import codes
from batchplan.core.diagnostics import Code

_HEREDOC = re.compile(r"<<(-?)[ \t]*(\"?)([^\W\d][\w\-]*)?(\"?)([^\n]*)")
_NUMBER = re.compile(r"[0-9][0-9.]*")

ADVICE: dict[str, tuple[Code, str]] = {
    "'": (codes.INVALID_CHARACTER, "Strings are written between double quotes: `\"…\"`, not `'…'`."),
    "`": (codes.INVALID_CHARACTER, 'Backticks have no meaning here. Strings are written between double quotes: `"…"`.'),
    ";": (
        codes.INVALID_CHARACTER,
        "Arguments are separated by line breaks, not by `;`. Put the next one on a line of its own.",
    ),
    "&": (codes.INVALID_OPERATOR, "There are no bitwise operators. For a logical and write `&&`."),
    "|": (
        codes.INVALID_OPERATOR,
        "There are no bitwise operators and no pipes. For a logical or write `||`; call functions as `f(x)`.",
    ),
    "^": (codes.INVALID_OPERATOR, "There is no operator `^`. For a power write `pow(a, b)`."),
    "~": (
        codes.INVALID_OPERATOR,
        "There is no operator `~`. It only stands inside template markers, as in `${~ x ~}`.",
    ),
    "$": (
        codes.INVALID_CHARACTER,
        "`$` only stands in strings. Outside a string write the expression itself: `var.x`, not `${var.x}`.",
    ),
    "@": (codes.INVALID_CHARACTER, "`@` has no meaning outside a string."),
    "\\": (
        codes.INVALID_CHARACTER,
        "A backslash only stands inside quoted strings. Lines need no continuation mark inside brackets.",
    ),
    "\r": (
        codes.INVALID_CHARACTER,
        "A carriage return stands here without a line feed. Save the file with `\\n` or `\\r\\n` line endings.",
    ),
    "\0": (
        codes.INVALID_CHARACTER,
        "A NUL character stands here: the file is binary, or saved as UTF-16. Save it as UTF-8 text.",
    ),
    "\ufeff": (
        codes.INVALID_CHARACTER,
        "A byte order mark may only stand at the very start of the file. Remove it here.",
    ),
    "/": (codes.INVALID_CHARACTER, "This comment is never closed. End it with `*/`."),
}
_CURLY_QUOTES = "“”„‟«»"
_CURLY_APOSTROPHES = "‘’‚‛"


def identifier_end(text: str, at: int) -> int:
    """Return where an identifier that starts here ends; `at` when none starts here."""
    if not text[at].isidentifier():
        return at
    end = at + 1
    while end < len(text) and (text[end] == "-" or ("a" + text[end]).isidentifier()):
        end += 1
    return end


def explain(text: str, at: int) -> tuple[Code, str, int]:
    """Return code, cause and end of the text here that is no token."""
    here = text[at]
    if here == "<":
        return _heredoc(text, at)
    if here in _CURLY_QUOTES or here in _CURLY_APOSTROPHES:
        plain = '"'
        return codes.INVALID_CHARACTER, f"This is a typographic quote ({here}). Use the plain one: `{plain}`.", at + 1
    if here.isdigit() and (number := _NUMBER.match(text, at)):
        detail = (
            f"`{number[0]}` is no number: it has more than one point. An index is written in brackets, as in `[0][1]`."
        )
        return codes.INVALID_NUMBER, detail, number.end()
    if here in "'`":
        end = text.find("\n", at)
        close = text.find(here, at + 1, len(text) if end < 0 else end)
        return *ADVICE[here], (close if close >= 0 else at) + 1
    if here in ADVICE:
        return *ADVICE[here], at + (2 if text.startswith(("${", "/*"), at) else 1)
    name = f"U+{ord(here):04X}"
    if here.isspace():
        return (
            codes.INVALID_CHARACTER,
            f"This blank is the character {name}, not a plain space. Replace it by a space.",
            at + 1,
        )
    shown = f"`{here}` ({name})" if here.isprintable() else name
    return codes.INVALID_CHARACTER, f"The character {shown} has no meaning outside a string.", at + 1


def _heredoc(text: str, at: int) -> tuple[Code, str, int]:
    found = _HEREDOC.match(text, at)
    assert found is not None
    _, quote, marker, _, rest = found.groups()
    end = found.end() - len(rest)
    if not marker:
        return (
            codes.INVALID_HEREDOC,
            "There is no operator `<<`. A heredoc begins with `<<` and a name, such as `<<EOT`.",
            at + 2,
        )
    if quote:
        return codes.INVALID_HEREDOC, f"The name of a heredoc is not quoted: write `<<{marker}`.", end
    if text[at + 2 : at + 4].strip("-")[:1] in (" ", "\t"):
        return codes.INVALID_HEREDOC, f"The name of a heredoc follows at once: write `<<{marker}`.", end
    return (
        codes.INVALID_HEREDOC,
        f"A line break must follow `<<{marker}` at once: its text begins on the next line.",
        found.end(),
    )
