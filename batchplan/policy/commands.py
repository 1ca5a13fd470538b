"""What a command line does: the statements of its script, and under which conditions each of them runs.

Rules about start tasks look at text that people write for a shell. This reads enough of it to tell a statement from an
argument and a guarded statement from a bare one; it never expands anything. What a script file does that is only
called is not known (`Command.opaque`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from batchplan.policy import powershell, shell
from batchplan.policy.statement import Statement
from batchplan.policy.words import script_of

_WINDOWS = re.compile(
    r"""\s*@?(?:call\s+)?"?(?:[^\s"]*[\\/])?(?P<name>cmd|powershell|pwsh)(?:\.exe)?"?(?=\s|/|$)(?P<rest>.*)""",
    re.IGNORECASE | re.DOTALL,
)
_CMD_SCRIPT = re.compile(r"(?:\s*/[a-z](?::\w+)?)*?\s*/[ck]\s*(?P<script>.*)", re.IGNORECASE | re.DOTALL)
_POWERSHELL_FILE = re.compile(r"\s-f(?:ile?)?\s+(?P<script>.*)", re.IGNORECASE | re.DOTALL)
_POWERSHELL_SCRIPT = re.compile(r"\s-c(?:ommand)?\s+(?P<script>.*)", re.IGNORECASE | re.DOTALL)
_POWERSHELL_OPTION = re.compile(
    r"(?<!\s)\s*-(?:(?:executionpolicy|ep?|ex|inputformat|outputformat|version|windowstyle)\s+\S+|no\w+)",
    re.IGNORECASE,
)
_SCRIPT_FILE = re.compile(r"\.(?:sh|bash|py|pl|rb|r|ps1|cmd|bat|exe|jar)$", re.IGNORECASE)
_SYSTEM = re.compile(r"/(?:usr/(?:local/)?)?s?bin/")
_INTERPRETERS = frozenset({"python", "python3", "perl", "ruby", "rscript", "node", "java", "dotnet", "make"})
DEPTH = 4
"""How deep shells are followed that start shells."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line: its text, the shell that runs it ("" without one), and its statements in order."""

    text: str
    shell: str
    statements: tuple[Statement, ...]

    @property
    def opaque(self) -> bool:
        """Whether it runs a script or a program of one's own, which may do anything."""
        return any(_opaque(one) for one in self.statements)


@lru_cache(maxsize=2048)
def read(text: str) -> Command:
    """Return what a command line does; many pools share one."""
    dialect, script = unwrapped(text)
    return Command(text, dialect, tuple(_statements(dialect, script, 0)))


def unwrapped(text: str) -> tuple[str, str]:
    """Return the shell that a command line calls and the script it hands over; without a shell "" and the text."""
    windows = _WINDOWS.match(text)
    if windows is None:
        script = script_of(text)
        return ("sh", script) if script is not None else ("", text)
    rest = windows["rest"]
    if windows["name"].lower() == "cmd":
        found = _CMD_SCRIPT.match(rest)
        return ("cmd", _bare(found["script"])) if found is not None else ("", text)
    file = _POWERSHELL_FILE.match(_POWERSHELL_OPTION.sub("", rest))
    if file is not None:
        return "powershell", file["script"]
    found = _POWERSHELL_SCRIPT.search(rest)
    return "powershell", _bare(found["script"] if found is not None else _POWERSHELL_OPTION.sub("", rest))


def _bare(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text.count(text[0]) % 2 == 0:
        return text[1:-1]
    return text


def _statements(dialect: str, script: str, depth: int) -> Iterator[Statement]:
    found = powershell.statements(script) if dialect == "powershell" else shell.statements(script, dialect == "cmd")
    for one in found:
        inner_dialect, inner = unwrapped(one.text)
        if not inner_dialect or depth == DEPTH:
            yield one
            continue
        for nested in _statements(inner_dialect, inner, depth + 1):
            yield nested.within(one)


def _opaque(one: Statement) -> bool:
    if one.program in {"bash", "sh", "iex", "invoke-expression", "source", "."} | _INTERPRETERS:
        return True
    first = one.words[0] if one.words else ""
    if _SCRIPT_FILE.search(first) and one.program not in {"cmd", "sc", "net", "reg", "msiexec"}:
        return True
    return bool(re.search(r"[/\\]", first)) and not _SYSTEM.match(first)
