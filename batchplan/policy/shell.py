"""Statements of a script for a POSIX shell or for cmd."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from batchplan.policy.statement import Statement
from batchplan.policy.words import POSIX, leading, plain

_HEREDOC = re.compile(r"""<<-?[ \t]*(['"]?)(\w+)\1(?P<rest>[^\n]*)\n""")
_CMD = re.compile(
    r"""(?P<blank>[ \t\r]+)
    |(?P<redirect>(?:\d)?>>?(?:&\d)?|<)
    |(?P<operator>&&|\|\||[|&\n()])
    |(?P<word>(?:"[^"]*"|\^.|[^\s|&()<>"^])+|["^])""",
    re.VERBOSE | re.DOTALL,
)
_TESTS = frozenset(
    [
        "[",
        "[[",
        "test",
        "!",
        "grep",
        "blkid",
        "id",
        "getent",
        "command",
        "which",
        "mountpoint",
        "findmnt",
        "lsblk",
        "file",
        "dpkg",
        "rpm",
        "type",
        "cmp",
        "diff",
    ]
)
_ENDS = frozenset({"fi", "done", "esac", "}"})


@dataclass
class _Reading:
    """Where a reader is: the statement that is being read, and what surrounds it."""

    windows: bool
    words: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    appended: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    redirect: str = ""
    chain: list[str] = field(default_factory=list)
    blocks: list[tuple[str, ...]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    test: list[str] | None = None
    loops: list[int] = field(default_factory=list)
    done: tuple[str, ...] = ()
    folder: str = ""

    @property
    def around(self) -> tuple[str, ...]:
        """The conditions of the blocks around."""
        return self.blocks[-1] if self.blocks else ()

    def open(self, conditions: Sequence[str]) -> None:
        """Enter a block that depends on more conditions."""
        self.blocks.append((*self.around, *conditions) if conditions else self.around)


def statements(script: str, windows: bool) -> Iterator[Statement]:
    """Yield the statements of a script in order."""
    made: list[Statement] = []
    state = _Reading(windows)
    text = script if windows else _without_documents(script)
    for found in (_CMD if windows else POSIX).finditer(text):
        match found.lastgroup:
            case "word":
                _take(state, found[0], made)
            case "redirect":
                state.redirect = "" if "&" in found[0][1:] else found[0]
            case "operator":
                _end(state, found[0], made)
    _end(state, "", made)
    return iter(made)


def _without_documents(script: str) -> str:
    """Return a script without its here-documents, which are text and no statements."""
    kept, at, endless = [], 0, set()
    for head in _HEREDOC.finditer(script):
        word = head[2]
        if head.start() < at or word in endless:
            continue
        end = re.compile(rf"^[ \t]*{word}[ \t]*$", re.MULTILINE).search(script, head.end())
        if end is None:
            endless.add(word)
            continue
        kept.append(script[at : head.start()] + head["rest"])
        at = end.end()
    return "".join((*kept, script[at:]))


def _take(state: _Reading, raw: str, made: list[Statement]) -> None:
    word = plain(raw, windows=state.windows)
    if state.redirect:
        target = {">>": state.appended, ">": state.written}.get(state.redirect.lstrip("0123456789&"))
        if target is not None:
            target.append(word)
        state.redirect = ""
        return
    if not state.words and not state.windows and _keyword(state, raw, made):
        return
    state.words.append(word)
    state.raw.append(raw)


def _keyword(state: _Reading, word: str, made: list[Statement]) -> bool:
    """Take a word that opens or closes a block, and return whether it was one."""
    match word:
        case "if" | "elif" | "while" | "until":
            if word == "elif":
                _close(state)
            state.test = []
            state.opened.append("loop" if word in ("while", "until") else "if")
        case "then" | "do":
            state.open(state.test or ())
            state.test = None
            if word == "do":
                state.loops.append(len(made))
            state.chain.clear()
        case "for":
            state.test = []
            state.opened.append("for")
        case "case":
            state.open(["case"])
            state.opened.append("case")
        case "{":
            state.open(state.chain)
            state.opened.append("{")
            state.chain.clear()
        case "else":
            pass
        case _ if word in _ENDS:
            _close(state)
            if word == "done" and state.loops:
                state.loops.pop()
        case _:
            return False
    return True


def _close(state: _Reading) -> None:
    if state.blocks:
        state.blocks.pop()
    if state.opened:
        state.opened.pop()
    state.chain.clear()


def _end(state: _Reading, operator: str, made: list[Statement]) -> None:
    """End the statement that is being read; the operator says how the next depends on it."""
    one = _made(state, operator, made)
    if one is None and operator == "&" and made and not state.windows:
        made[-1] = replace(made[-1], background=True)  # `done &` or `) &`
    if one is not None and state.test is not None:
        state.test.append(one.text)
    if operator == "(":
        state.open(state.chain)
        state.opened.append("(")
        state.chain.clear()
    elif operator == ")" and state.opened[-1:] == ["("]:
        _close(state)
    elif operator == "||" or (operator == "&&" and one is not None and _is_test(one)):
        state.chain.append(one.text if one is not None else operator)
    elif operator in (";", ";;", "\n", "&"):
        state.chain.clear()


def _made(state: _Reading, operator: str, made: list[Statement]) -> Statement | None:
    words, raw = leading(state.words), " ".join(state.raw)
    appended, written = tuple(state.appended), tuple(state.written)
    for kept in (state.words, state.raw, state.appended, state.written):
        kept.clear()
    state.redirect = ""
    if state.windows and words and words[0].lower().lstrip("@") == "if":
        words = _cmd_condition(state, words)
    heading = state.test is not None and state.opened[-1:] == ["for"]
    if heading or not (words or appended or written):
        return None
    if made and made[-1].excused and operator != "|":
        made[-1] = _kept_excuse(made[-1], words)
    one = Statement(
        text=raw,
        words=tuple(words),
        appended=appended,
        written=written,
        conditions=(*state.done, *state.around, *state.chain),
        folder=state.folder,
        excused=operator == "||",
        repeated="loop" in state.opened,
        background=operator == "&" and not state.windows,
    )
    made.append(one)
    if one.program in ("exit", "return") and one.words[1:2] in ((), ("0",)) and one.conditions:
        state.done = one.conditions
    if one.program == "break" and state.loops:
        made[state.loops[-1] :] = [replace(each, repeated=True) for each in made[state.loops[-1] :]]
    if one.program in ("cd", "pushd") and len(words) > 1:
        state.folder = words[-1]
    return one


def _kept_excuse(one: Statement, after: list[str]) -> Statement:
    """Return a statement whose failure leads to `after`: ending the script is no excuse."""
    return replace(one, excused=not after or after[0] not in ("exit", "return", "false", "{"))


def _cmd_condition(state: _Reading, words: list[str]) -> list[str]:
    """Take the condition of an `if` of cmd, and return the statement that depends on it."""
    at = 1
    while at < len(words) and words[at].lower() in ("/i", "not"):
        at += 1
    at += 2 if words[at : at + 1] and words[at].lower() in ("exist", "defined", "errorlevel") else 1
    state.chain.append(" ".join(words[:at]))
    return words[at:]


def _is_test(one: Statement) -> bool:
    return one.program in _TESTS or (one.program == "systemctl" and one.words[1:2] in (("is-active",), ("is-enabled",)))
