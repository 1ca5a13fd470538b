"""Reading command lines: shells, statements, and what a statement depends on."""

import pytest

from batchplan.policy.commands import read
from batchplan.policy.statement import Statement


def statement(text: str, program: str) -> Statement:
    return next(one for one in read(text).statements if one.program == program)


@pytest.mark.parametrize(
    ("text", "shell", "programs"),
    [
        ("/bin/bash -c 'a; b && c'", "sh", "a b c"),
        ('sudo bash -ec "a | b"', "sh", "a b"),
        ("bash run.sh > out", "", "bash"),
        ('cmd.exe /v:on /c "a & b"', "cmd", "a b"),
        ("cmd /c a & b", "cmd", "a b"),
        ('powershell -NoProfile -ExecutionPolicy Bypass -Command "A-B; C-D"', "powershell", "a-b c-d"),
        (r"pwsh -File .\run.ps1 -x 1", "powershell", "run.ps1"),
        ('cmd /c powershell -Command "A-B | C-D"', "cmd", "a-b c-d"),
        ("/bin/sh -c \"bash -c 'a; sudo b'\"", "sh", "a b"),
        ("/bin/bash -c 'cat <<EOF > /etc/x\nrm -rf /\nEOF\nb'", "sh", "cat b"),
        ("/bin/bash -c 'for x in a b; do c; done'", "sh", "c"),
        ("/bin/bash -c 'a # b; c\nd'", "sh", "a d"),
        ("/bin/bash -c 'unbalanced \"quote; a'", "sh", "unbalanced a"),
        ("", "", ""),
    ],
)
def test_statements(text: str, shell: str, programs: str) -> None:
    """The programs that a command line runs, whatever shells it goes through."""
    command = read(text)
    assert command.shell == shell
    assert " ".join(one.program for one in command.statements) == programs


@pytest.mark.parametrize(
    ("script", "conditions"),
    [
        ("x", ()),
        ("a; x", ()),
        ("a && x", ()),
        ("[ -e a ] && x", ("[ -e a ]",)),
        ("a || x", ("a",)),
        ("if a; then x; fi", ("a",)),
        ("if a; then b; fi; x", ()),
        ("if a; then b; elif c; then x; fi", ("c",)),
        ("if a; then b; else x; fi", ("a",)),
        ("[ -e a ] || { b; x; }", ("[ -e a ]",)),
        ("[ -e a ] || (b && x)", ("[ -e a ]",)),
        ("[ -e a ] && exit 0; x", ("[ -e a ]",)),
        ("[ -e a ] || exit 1; x", ()),
        ("for a in b c; do x; done", ()),
        ("case $a in b) x;; esac", ("case",)),
    ],
)
def test_conditions(script: str, conditions: tuple[str, ...]) -> None:
    """What a statement depends on."""
    assert statement(f"/bin/bash -c '{script}'", "x").conditions == conditions


@pytest.mark.parametrize(
    ("script", "excused"),
    [("x || true", True), ("x || exit 1", False), ("x && true", False), ("x", False)],
)
def test_excuses(script: str, excused: bool) -> None:
    """A failure that ends the script is not taken care of."""
    assert statement(f"/bin/bash -c '{script}'", "x").excused is excused


@pytest.mark.parametrize(
    ("script", "path", "lasting"),
    [
        ("x", "/data", True),
        ("x", "data", False),
        ("x", "$AZ_BATCH_TASK_WORKING_DIR/data", False),
        ("x", "$AZ_BATCH_NODE_SHARED_DIR/data", True),
        ("x", r"C:\data", True),
        ("cd /opt; x", "data", True),
        ("cd work; x", "data", False),
        ("cd $AZ_BATCH_TASK_DIR; x", "data", False),
    ],
)
def test_lasting_paths(script: str, path: str, lasting: bool) -> None:
    """The folder of a task is made anew; what is elsewhere stays."""
    assert statement(f"/bin/bash -c '{script}'", "x").lasting(path) is lasting


def test_redirections_and_loops() -> None:
    """Where output goes, what is repeated, and what nothing waits for."""
    text = "/bin/bash -c 'a >> /x 2>&1; b > /y; until c; do sleep 1; done; nohup d & e'"
    assert statement(text, "a").appended == ("/x",)
    assert statement(text, "b").written == ("/y",)
    assert statement(text, "c").repeated
    assert not statement(text, "a").repeated
    assert statement(text, "nohup").background
    assert not statement(text, "e").background
    assert statement("/bin/bash -c 'while true; do a; done & b'", "a").background
    assert statement("/bin/bash -c 'for x in 1 2; do a && break || sleep 1; done; b'", "a").repeated
    assert not statement("/bin/bash -c 'for x in 1 2; do a && break || sleep 1; done; b'", "b").repeated
    assert not statement("/bin/bash -c 'for x in 1 2; do a; done'", "a").repeated


@pytest.mark.parametrize(
    ("text", "opaque"),
    [
        ("/bin/bash -c 'apt-get install x'", False),
        ("/bin/bash -c ./run.sh", True),
        ("/bin/bash -c 'curl https://example.com | bash'", True),
        ("python main.py", True),
        ("/usr/bin/apt-get install x", False),
        (r"cmd /c .\setup.exe /quiet", True),
        ("powershell -Command Get-Disk", False),
    ],
)
def test_opaque(text: str, opaque: bool) -> None:
    """What a script or a program of one's own does is not known."""
    assert read(text).opaque is opaque


def test_here_documents_without_an_end() -> None:
    """A here-document without its last line hides nothing, and those with one are no statements."""
    text = "/bin/bash -c 'cat <<EOF\nx\nEOF\na; cat <<END\nb'"
    assert [one.program for one in read(text).statements] == ["cat", "a", "cat", "b"]
