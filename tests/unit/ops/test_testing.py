"""Test files are read with all their faults, and their runs judged by what came of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from batchplan.config.installed import InstalledModules
from batchplan.config.project import Inputs, load_project
from batchplan.core.codes import UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostic, Diagnostics
from batchplan.ops.testfile import TestFile, chosen, found_files, read_test_file
from batchplan.ops.testing import Ended, FileResult, FileRun, Request

MODULE = """
variable "size" {
  type    = number
  default = 2
  validation {
    condition     = var.size < 10
    error_message = "Too many: ${var.size}."
  }
}
variable "secret" {
  default   = "hunter2"
  sensitive = true
}
locals { twice = var.size * 2 }
pool "main" {
  account_id        = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Batch/batchAccounts/west"
  name              = "main"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "p"
    offer     = "o"
    sku       = "s"
  }
  fixed_scale {
    target_dedicated_nodes = var.size
  }
  lifecycle {
    precondition {
      condition     = var.size != 7
      error_message = "Seven."
    }
  }
}
check "even" {
  assert {
    condition     = var.size % 2 == 0
    error_message = "Odd."
  }
}
output "size" {
  value = var.size
  precondition {
    condition     = var.size != 8
    error_message = "Eight."
  }
}
output "id" { value = pool.main.pool_id }
"""


@dataclass
class Evaluating:
    """A runner that looks at the configuration only, and remembers what was asked."""

    requests: list[Request] = field(default_factory=list)
    problems: Sequence[Diagnostic] = ()
    destroyed: int = 0

    async def run(self, request: Request) -> Ended:
        """Evaluate the module."""
        self.requests.append(request)
        inputs = Inputs(given=request.given)
        project = load_project(request.folder, InstalledModules(request.folder), inputs)
        stopped = project.diagnostics.has_errors
        return Ended(None if stopped else project.evaluated, tuple(project.diagnostics))

    async def destroy(self) -> Sequence[Diagnostic]:
        """Count."""
        self.destroyed += 1
        return self.problems


Judge = Callable[..., FileResult]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Return what runs the text of a test file over the module."""

    def run(text: str, runner: Evaluating | None = None) -> FileResult:
        (tmp_path / "main.batch.hcl").write_text(MODULE)
        (tmp_path / "t.batchtest.hcl").write_text(text)
        diagnostics = Diagnostics()
        file = read_test_file(tmp_path / "t.batchtest.hcl", tmp_path, diagnostics)
        assert list(diagnostics) == []
        work = FileRun(file, tmp_path, runner or Evaluating(), lambda _: None, lambda _: None)
        return asyncio.run(work.execute())

    return run


def body(*lines: str, variables: str = "") -> str:
    """Return a file with one run."""
    given = f"  variables {{\n    {variables}\n  }}\n" if variables else ""
    inner = "".join(f"  {line}\n" for line in lines)
    return f'run "one" {{\n  command = plan\n{given}{inner}}}\n'


def holds(condition: str, message: str = '"no"') -> str:
    """Return an assertion."""
    return f"assert {{\n    condition = {condition}\n    error_message = {message}\n  }}"


JUDGED = {
    "nothing": (body(), "pass", []),
    "holds": (body(holds("var.size == 2")), "pass", []),
    "given": (body(holds("var.size == 4"), variables="size = 4"), "pass", []),
    "local": (body(holds("local.twice == 4")), "pass", []),
    "resource": (body(holds("pool.main.fixed_scale.target_dedicated_nodes == 2")), "pass", []),
    "output": (body(holds("output.size == 2")), "pass", []),
    "function": (body(holds('strcontains(pool.main.vm_size, "d2s")')), "pass", []),
    "does-not": (body(holds("var.size == 3")), "fail", ["E0823"]),
    "several": (body(holds("var.size == 3"), holds("true"), holds("false")), "fail", ["E0823", "E0823"]),
    "unknown": (body(holds('output.id == "x"')), "fail", ["E0823"]),
    "no-name": (body(holds("var.sise == 3")), "error", ["E0214"]),
    "no-root": (body(holds("vra.size == 3")), "error", ["E0214"]),
    "no-output": (body(holds("output.sice == 3")), "error", ["E0214"]),
    "no-run": (body(holds("run.two.size == 3")), "error", ["E0214"]),
    "no-bool": (body(holds('"x"')), "error", ["E0206"]),
    "bad-function": (body(holds("nonsense(1)")), "error", ["E0201"]),
    "validation": (body(variables="size = 12"), "error", ["E0311"]),
    "validation-expected": (body("expect_failures = [var.size]", variables="size = 12"), "pass", []),
    "validation-expected-of-what-breaks-more": (
        body("expect_failures = [var.size]", variables="size = 12.5"),
        "pass",
        [],
    ),
    "breaks-more": (
        body("expect_failures = [output.size]", variables="size = 8.5"),
        "error",
        ["E0307", "E0319", "E0824"],
    ),
    "check": (body(variables="size = 3"), "fail", ["E0319"]),
    "check-expected": (body("expect_failures = [check.even]", variables="size = 3"), "pass", []),
    "check-and-assert": (
        body("expect_failures = [check.even]", holds("var.size == 3"), holds("false"), variables="size = 3"),
        "fail",
        ["E0823"],
    ),
    "precondition": (body(variables="size = 7"), "error", ["E0318", "E0319"]),
    "precondition-expected": (
        body("expect_failures = [pool.main, check.even]", variables="size = 7"),
        "pass",
        [],
    ),
    "output-expected": (body("expect_failures = [output.size]", variables="size = 8"), "pass", []),
    "expected-in-vain": (body("expect_failures = [var.size]"), "fail", ["E0824"]),
    "other-expected": (
        body("expect_failures = [output.size]", variables="size = 12"),
        "error",
        ["E0311", "E0824"],
    ),
    "undeclared": (body(variables="nothing = 1"), "pass", ["E0312"]),
    "wrong-type": (body(variables='size = "x"'), "error", ["E0310"]),
    "faulty-value": (body(variables="size = [1][5]"), "error", ["E0208"]),
}


@pytest.mark.parametrize("case", JUDGED, ids=str)
def test_a_run_is_judged(judge: Judge, case: str) -> None:
    """A run passes, fails by a condition, or could not be carried out; what is said has its code."""
    text, status, codes = JUDGED[case]
    (run,) = judge(text).runs
    assert (run.status, sorted(one.code.id for one in run.diagnostics)) == (status, codes)


def test_what_is_said_of_an_assertion(judge: Judge) -> None:
    """A failing assertion shows its message, its place, the values in it, and the run."""
    (run,) = judge(body(holds("var.size == 3", '"size is ${var.size}"'))).runs
    (found,) = run.diagnostics
    assert found.detail == "size is 2"
    assert found.at is not None
    assert found.at.text == "var.size == 3"
    assert [(one.name, one.statement) for one in found.involved] == [("var.size", "is 2")]
    assert found.block == 'run "one"'


def test_secrets_are_not_said(judge: Judge) -> None:
    """The message of an assertion that holds a secret is not shown."""
    (run,) = judge(body(holds('var.secret == "x"', '"it is ${var.secret}"'))).runs
    assert "hunter2" not in str(run.diagnostics)


def test_values_reach_later_runs(judge: Judge, tmp_path: Path) -> None:
    """File variables count for all runs, those of a run before them; a run's outputs are known to later ones."""
    (tmp_path / "setup").mkdir()
    (tmp_path / "setup" / "main.batch.hcl").write_text('output "size" { value = 6 }\n')
    runner = Evaluating()
    result = judge(
        """
        variables { size = 4 }
        run "setup" {
          module { source = "./setup" }
        }
        run "first" {
          assert {
            condition     = var.size == 4
            error_message = "file"
          }
        }
        run "second" {
          variables { size = run.setup.size + run.first.size - var.size }
          assert {
            condition     = output.size == 6 && run.first.size == 4
            error_message = "run"
          }
        }
        """,
        runner,
    )
    assert [(run.name, run.status) for run in result.runs] == [("setup", "pass"), ("first", "pass"), ("second", "pass")]
    assert next(request.folder.name for request in runner.requests) == "setup"
    assert [request.command for request in runner.requests] == ["apply", "apply", "apply"]
    assert runner.destroyed == 1


def test_after_an_error_the_rest_is_skipped(judge: Judge) -> None:
    """A run that fails lets the others go on; one that cannot be carried out does not."""
    lines = ['run "a" {\n  ' + holds("false") + "\n}", 'run "b" {\n  variables { size = 12 }\n}', 'run "c" {}']
    result = judge("\n".join(lines))
    assert [run.status for run in result.runs] == ["fail", "error", "skip"]
    assert result.status == "error"


def test_a_teardown_that_fails(judge: Judge) -> None:
    """What goes wrong at the end of a file is an error of the file."""
    runner = Evaluating(problems=[Diagnostic(UNREADABLE_FILE, "x")])
    result = judge('run "a" {}', runner)
    assert ([run.status for run in result.runs], result.status) == (["pass"], "error")


def test_values_of_a_file_that_are_wrong(judge: Judge) -> None:
    """When the values that all runs share cannot be evaluated, no run is begun."""
    runner = Evaluating()
    result = judge('variables { size = nope.x }\nrun "a" {}', runner)
    assert [run.status for run in result.runs] == ["skip"]
    assert [one.code.id for one in result.teardown] == ["E0214"]
    assert runner.requests == []


FAULTS = {
    "stray": ("x = 1\n", ["E0303"]),
    "block": ('mock_provider "azure" {}\n', ["E0301"]),
    "near": ('rum "a" {}\n', ["E0301"]),
    "no-label": ("run {}\n", ["E0302"]),
    "label": ('variables "x" {}\n', ["E0302"]),
    "twice": ('run "a" {}\nrun "a" {}\n', ["E0305"]),
    "value-twice": ("variables { x = 1 }\nvariables { x = 2 }\n", ["E0305"]),
    "command": ('run "a" {\n  command = destroy\n}\n', ["E0822"]),
    "quoted-command": ('run "a" {\n  command = "plan"\n}\n', ["E0822"]),
    "argument": ('run "a" {\n  comand = plan\n}\n', ["E0303"]),
    "assert-alone": ('run "a" {\n  assert {}\n}\n', ["E0304", "E0304"]),
    "expected": ('run "a" {\n  expect_failures = [pool]\n}\n', ["E0822"]),
    "expected-text": ('run "a" {\n  expect_failures = ["var.x"]\n}\n', ["E0307"]),
    "module": ('run "a" {\n  module {}\n}\n', ["E0304"]),
    "remote-module": ('run "a" {\n  module { source = "git::https://x" }\n}\n', ["E0822"]),
    "computed-module": ('run "a" {\n  module { source = var.x }\n}\n', ["E0308"]),
    "syntax": ('run "a" {\n', ["E0118"]),
}


@pytest.mark.parametrize("case", FAULTS, ids=str)
def test_what_is_no_test_file(tmp_path: Path, case: str) -> None:
    """Faults of a test file are reported with their codes."""
    text, codes = FAULTS[case]
    path = tmp_path / "t.batchtest.hcl"
    path.write_text(text)
    diagnostics = Diagnostics()
    made = read_test_file(path, tmp_path, diagnostics)
    assert isinstance(made, TestFile)
    assert [one.code.id for one in diagnostics] == codes


def test_which_files(tmp_path: Path) -> None:
    """Files of the folder and of its folder of tests are found; a filter chooses by name, or is reported."""
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    for name in ("a.batchtest.hcl", "b.batch.hcl", "tests/c.batchtest.hcl", "tests/deep/d.batchtest.hcl"):
        (tmp_path / name).write_text("")
    files = found_files(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["a.batchtest.hcl", "tests/c.batchtest.hcl"]
    diagnostics = Diagnostics()
    assert chosen(files, ["./tests/c.batchtest.hcl"], tmp_path, diagnostics) == files[1:]
    assert chosen(files, [], tmp_path, diagnostics) == files
    assert list(diagnostics) == []
    assert chosen(files, ["tests/x.batchtest.hcl"], tmp_path, diagnostics) == []
    assert 'Did you mean "tests/c.batchtest.hcl"' in str(next(iter(diagnostics)))
