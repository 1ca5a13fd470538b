"""What holds for every command: versions, help, flags, wrong usage, exit codes."""

import json
import sys
from pathlib import Path

import pytest

import batchplan

COMMANDS = ("init", "validate", "fmt", "console", "graph", "explain", "version", "formula", "emulator")


@pytest.mark.parametrize("arguments", [["version"], ["-version"], ["--version"]], ids=" ".join)
def test_version(run, arguments: list[str]) -> None:
    """The version is one line."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (0, f"batchplan {batchplan.__version__}\n")


@pytest.mark.parametrize("flag", ["-json", "--json"])
def test_version_json(run, flag: str) -> None:
    """The version can be had as JSON."""
    made = json.loads(run("version", flag).out)
    assert made["batchplan_version"] == batchplan.__version__
    assert set(made) == {"batchplan_version", "python_version", "platform"}


@pytest.mark.parametrize("flag", ["-help", "--help"])
def test_help(run, flag: str) -> None:
    """Help lists every command."""
    ran = run(flag)
    assert ran.code == 0
    assert all(command in ran.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_commands(run, command: str) -> None:
    """Every command has help with a sentence of its own."""
    ran = run(command, "-help")
    assert ran.code == 0
    assert f"batchplan {command}" in ran.out
    assert "Traceback" not in ran.err


USAGE = [
    (["frobnicate"], "frobnicate"),
    (["validate", "-frob"], "There is no -frob here.\n"),
    (["plan", "-outt=x"], "There is no -outt here. Did you mean -out?\n"),
    (["plan", "-input=false"], "There is no -input=false here. This command never asks anything"),
    (["refresh", "-parallelism=3"], "apply and destroy have it"),
    (["paln"], "Did you mean 'plan'?\n"),
    (["plan", "-destroy", "-refresh-only"], "exclude each other"),
    (["plan", "-refresh-only", "-refresh=false"], "leaves nothing"),
    (["apply", "-refresh-only", "-replace=pool.a"], "-replace has no meaning with -refresh-only"),
    (["plan", "-destroy", "-replace=pool.a"], "-replace has no meaning with -destroy"),
    (["apply", "a.bpplan", "-refresh=false"], "a saved plan is applied as it is"),
    (["validate", "extra"], "extra"),
    (["explain"], "NAME"),
    (["graph", "-format", "svg"], "dot or mermaid"),
    (["graph", "-format"], "format"),
    (["-chdir=nowhere", "validate"], "nowhere"),
    (["validate", "-var"], "var"),
]


@pytest.mark.parametrize(("arguments", "says"), USAGE, ids=[" ".join(one[0]) for one in USAGE])
def test_usage(run, arguments: list[str], says: str) -> None:
    """Wrong usage is exit code 1 and a sentence that names what is wrong."""
    ran = run(*arguments)
    assert ran.code == 1
    assert ran.err.startswith("Error: ")
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_chdir(run) -> None:
    """-chdir enters a folder before anything else is done."""
    files = {"a/main.batch.hcl": 'output "x" { value = 1 }\n'}
    assert run("-chdir=a", "validate", files=files).code == 0


def test_chdir_as_two_words(run) -> None:
    """-chdir takes its folder as the next word too."""
    files = {"a/main.batch.hcl": 'output "x" { value = 1 }\n'}
    assert run("-chdir", "a", "validate", files=files).code == 0


@pytest.mark.parametrize("prefix", ["-", "--"])
def test_one_dash_or_two(run, prefix: str) -> None:
    """Every flag works with one dash and with two."""
    files = {"main.batch.hcl": 'variable "x" {}\noutput "x" { value = var.x }\n'}
    ran = run("console", f"{prefix}var=x=7", files=files, stdin="var.x\n")
    assert (ran.code, ran.out) == (0, '"7"\n')


def test_value_that_looks_like_a_flag(run) -> None:
    """The word after -var is its value, whatever it looks like."""
    files = {"main.batch.hcl": 'variable "-x" {}\n'}
    ran = run("console", "-var", "-x=-y", files=files, stdin="1\n")
    assert "-frob" not in ran.err


PROJECT = {"main.batch.hcl": 'output "x" {\n  value = nothing\n}\n'}


@pytest.mark.parametrize(
    ("environment", "arguments", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "1"}, ["-no-color"], False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, [], False),
    ],
    ids=["no terminal", "forced", "NO_COLOR", "-no-color", "dumb"],
)
def test_colour(run, monkeypatch, environment: dict[str, str], arguments: list[str], coloured: bool) -> None:
    """There is colour only where it belongs."""
    from batchplan.cli import show

    monkeypatch.setattr(show, "_NO_COLOR", False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ran = run("validate", *arguments, files=PROJECT)
    assert ("\x1b[" in ran.err) is coloured
    assert "E0214" in ran.err


def test_colour_on_a_terminal(run, monkeypatch) -> None:
    """On a terminal there is colour, unless NO_COLOR is set."""
    from batchplan.cli import show

    monkeypatch.setattr(show, "_NO_COLOR", False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    assert "\x1b[" in run("validate", files=PROJECT).err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("validate").err


EXPLAINED = ["E0201", "e0201", "E0401"]


@pytest.mark.parametrize("name", EXPLAINED)
def test_explain(run, name: str) -> None:
    """A code is explained by its page."""
    ran = run("explain", name)
    assert ran.code == 0
    assert ran.out.startswith(f"# {name.upper()}")


def test_explain_unknown(run) -> None:
    """What cannot be explained is said, with what may have been meant."""
    ran = run("explain", "E0210O")
    assert ran.code == 1
    assert "E0210" in ran.err


def test_workspace_from_the_environment(run, monkeypatch) -> None:
    """BATCHPLAN_WORKSPACE chooses the workspace; a bad name is refused."""
    monkeypatch.setenv("BATCHPLAN_WORKSPACE", "prod")
    files = {"main.batch.hcl": "locals { a = 1 }\n"}
    assert run("console", files=files, stdin="batchplan.workspace\n").out == '"prod"\n'
    monkeypatch.setenv("BATCHPLAN_WORKSPACE", "../x")
    ran = run("validate")
    assert ran.code == 1
    assert "E0414" in ran.err


def test_chosen_workspace(run, tmp_path: Path) -> None:
    """The chosen workspace is on record in the working folder."""
    files = {"main.batch.hcl": "locals { a = 1 }\n", ".batchplan/workspace": "dev\n"}
    assert run("console", files=files, stdin="batchplan.workspace\n").out == '"dev"\n'


def test_interrupted_before_anything(run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while nothing has begun yet is told, and the exit code is 1."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("batchplan.ops.console.bare_session", interrupted)
    ran = run("console")
    assert (ran.code, ran.err) == (1, "Error: interrupted\n")
