"""Words of a command line for a POSIX shell, and what stands before the program."""

import re
from collections.abc import Iterator

POSIX = re.compile(
    r"""(?P<blank>[ \t\r]+|\\\r?\n)
    |(?P<comment>(?<![^\s;&|(])\#[^\n]*)
    |(?P<redirect>(?:\d+|&)?>>?(?:&[\d-])?|<<?<?)
    |(?P<operator>&&|\|\||;;|[;|&\n()])
    |(?P<word>(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s;|&()<>\\])+|\\)""",
    re.VERBOSE | re.DOTALL,
)
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_QUOTED = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)""", re.DOTALL)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def script_of(text: str) -> str | None:
    """Return the script that a command line hands to a POSIX shell, None when it calls none."""
    words = leading(list(_words(text)))
    if not words or words[0].rpartition("/")[2] not in _SHELLS:
        return None
    at = next((at for at, one in enumerate(words) if at and re.fullmatch(r"-[a-z]*c[a-z]*", one)), None)
    return words[at + 1] if at is not None and at + 1 < len(words) else None


def _words(text: str) -> Iterator[str]:
    for found in POSIX.finditer(text):
        if found.lastgroup == "word":
            yield plain(found[0], windows=False)


def plain(raw: str, *, windows: bool) -> str:
    """Return a word without its quotes."""
    if windows:
        return raw.replace('"', "")
    return _QUOTED.sub(_unescaped, raw)


def _unescaped(found: re.Match[str]) -> str:
    if found[1] is not None:
        return found[1]
    if found[3] is not None:
        return found[3]
    return re.sub(r'\\(["\\$`\n])', r"\1", found[2])


def leading(words: list[str]) -> list[str]:
    """Return a statement's words without what only says how it is run: sudo, variables, exec, time."""
    at = 0
    while at < len(words):
        word = words[at].rpartition("/")[2]
        if word in ("sudo", "env"):
            at += 1
            while at < len(words) and words[at].startswith("-"):
                at += 2 if words[at] in ("-u", "-g") else 1
        elif word in ("exec", "time", "!") or _ASSIGNMENT.match(words[at]):
            at += 1
        else:
            break
    return words[at:]
