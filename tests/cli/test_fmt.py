"""`batchplan fmt`: files, folders and standard input; exit codes 0, 2 for faults, 3 for what would change."""

from pathlib import Path

import pytest

UGLY = 'locals{\na=1 # one\nlong = "x"\n}\n'
UGLY = UGLY.replace("locals{", "locals {")
NEAT = 'locals {\n  a    = 1 # one\n  long = "x"\n}\n'


def test_writes(run, tmp_path: Path) -> None:
    """Files that change are written and listed; a second run changes nothing."""
    ran = run("fmt", files={"a.batch.hcl": UGLY, "b.batch.hcl": NEAT, "c.batchvars.hcl": "a=1\n"})
    assert (ran.code, sorted(ran.out.splitlines()), ran.err) == (0, ["a.batch.hcl", "c.batchvars.hcl"], "")
    assert (tmp_path / "a.batch.hcl").read_text() == NEAT
    assert run("fmt").out == ""


def test_keeps_the_mode(run, tmp_path: Path) -> None:
    """The rights of a file stay."""
    (tmp_path / "a.batch.hcl").write_text(UGLY)
    (tmp_path / "a.batch.hcl").chmod(0o640)
    run("fmt")
    assert (tmp_path / "a.batch.hcl").stat().st_mode & 0o777 == 0o640


def test_check(run, tmp_path: Path) -> None:
    """-check changes nothing and answers with the exit code."""
    ran = run("fmt", "-check", files={"a.batch.hcl": UGLY})
    assert (ran.code, ran.out) == (3, "a.batch.hcl\n")
    assert (tmp_path / "a.batch.hcl").read_text() == UGLY
    run("fmt")
    assert run("fmt", "-check").code == 0


def test_diff(run, tmp_path: Path) -> None:
    """-diff shows what changes; with -write=false nothing is written."""
    ran = run("fmt", "-diff", "-write=false", files={"a.batch.hcl": UGLY})
    assert ran.code == 0
    assert "-a=1 # one\n" in ran.out
    assert "+  a    = 1 # one\n" in ran.out
    assert (tmp_path / "a.batch.hcl").read_text() == UGLY


def test_quiet(run) -> None:
    """-list=false lists nothing."""
    assert run("fmt", "-list=false", files={"a.batch.hcl": UGLY}).out == ""


def test_recursive(run, tmp_path: Path) -> None:
    """Only -recursive goes into folders below, and never into hidden ones."""
    files = {"m/a.batch.hcl": UGLY, ".batchplan/a.batch.hcl": UGLY}
    assert run("fmt", files=files).out == ""
    assert run("fmt", "-recursive").out == "m/a.batch.hcl\n"
    assert (tmp_path / ".batchplan/a.batch.hcl").read_text() == UGLY


def test_stdin(run) -> None:
    """A dash means standard input, formatted to standard output."""
    ran = run("fmt", "-", stdin=UGLY)
    assert (ran.code, ran.out) == (0, NEAT)


def test_stdin_check(run) -> None:
    """Standard input can be checked too."""
    assert run("fmt", "-check", "-", stdin=UGLY).code == 3
    assert run("fmt", "-check", "-", stdin=NEAT).code == 0


def test_named_files(run) -> None:
    """A file that is named is formatted whatever it is called."""
    assert run("fmt", "x.hcl", files={"x.hcl": UGLY, "a.batch.hcl": UGLY}).out == "x.hcl\n"


FAULTS = [
    ("syntax error", {"a.batch.hcl": "locals {\n"}, ["fmt"], "E0118"),
    ("not UTF-8 on standard input", {}, ["fmt", "-"], "E0408"),
    ("missing file", {}, ["fmt", "nothing.batch.hcl"], "E0407"),
]


@pytest.mark.parametrize(("files", "arguments", "code"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_faults(run, files: dict[str, str], arguments: list[str], code: str) -> None:
    """What cannot be formatted is exit code 2."""
    ran = run(*arguments, files=files, stdin=b"\xff")
    assert ran.code == 2
    assert code in ran.err


def test_a_fault_in_one_file_spares_the_others(run, tmp_path: Path) -> None:
    """The other files are formatted all the same."""
    ran = run("fmt", files={"a.batch.hcl": "locals {\n", "b.batch.hcl": UGLY})
    assert (ran.code, ran.out) == (2, "b.batch.hcl\n")
    assert (tmp_path / "a.batch.hcl").read_text() == "locals {\n"
