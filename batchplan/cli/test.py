"""`batchplan test`"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables, ordered_flags
from batchplan.cli.running import run as run_work

if TYPE_CHECKING:
    from datetime import datetime

    from batchplan.config.variables import VariableFlag
    from batchplan.core.diagnostics import Diagnostic
    from batchplan.ops.testfile import Run, TestFile
    from batchplan.ops.testing import FileResult, RunResult


def run_tests(
    filter: Annotated[  # noqa: A002 - Terraform's word
        list[str], typer.Option("--filter", metavar="FILE", help="Only this test file; may be given several times.")
    ] = [],  # noqa: B006 - typer copies it
    test_directory: Annotated[
        str, typer.Option("--test-directory", metavar="DIR", help="Where tests are, besides this folder.")
    ] = "tests",
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the plan of each run.")] = False,
    junit_xml: Annotated[
        Path | None, typer.Option("--junit-xml", metavar="FILE", help="Write the results as JUnit XML.")
    ] = None,
    json: Json = False,
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """Run the *.batchtest.hcl files of this folder on an emulator of their own; Azure is not touched."""
    files = _read(filter, test_directory)
    telling = _Telling(json=json, verbose=verbose)
    flags = ordered_flags(var, var_file)
    results = [_run(file, flags, telling) for file in files]
    telling.end(results)
    if junit_xml is not None:
        _write_junit(junit_xml, results)
    return 0 if all(result.status in ("pass", "skip") for result in results) else 1


def _read(filters: list[str], folder: str) -> "list[TestFile]":
    """Return the test files that are wanted; raise UserError when there are none, or they have errors."""
    from batchplan.core.codes import NO_TESTS
    from batchplan.core.diagnostics import Diagnostic, Diagnostics, UserError
    from batchplan.ops.testfile import SUFFIX, chosen, found_files, read_test_file

    root = Path.cwd()
    found = found_files(root, folder)
    diagnostics = Diagnostics()
    if not found:
        detail = f'There is no *{SUFFIX} file here or in "{folder}". Choose another folder with -test-directory.'
        raise UserError([Diagnostic(NO_TESTS, detail)])
    files = [read_test_file(path, root, diagnostics) for path in chosen(found, filters, root, diagnostics)]
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    return files


def _run(file: "TestFile", flags: "list[VariableFlag]", telling: "_Telling") -> "FileResult":
    import os

    from batchplan.backends.memory import MemoryStore
    from batchplan.ops.testing import FileRun
    from batchplan.ops.testrun import SessionRunner
    from batchplan.ops.testrun import Telling as Words
    from batchplan.report.failures import azure_diagnostic, run_diagnostics
    from batchplan.report.plan import text
    from batchplan.wiring import private_session

    words = Words(azure_diagnostic, run_diagnostics, lambda planned: text(planned.changes, planned.steps))
    runner = SessionRunner(lambda: private_session(MemoryStore()), words, flags, dict(os.environ))
    telling.begin(file)
    work = FileRun(file, Path.cwd(), runner, telling.began, telling.ended)
    result = run_work(work.execute())
    telling.file(result)
    return result


def _write_junit(path: Path, results: "list[FileResult]") -> None:
    from batchplan.report.junit import Case, Suite, junit_xml

    suites = [
        Suite(
            result.name,
            [Case(one.name, one.status, one.seconds, one.diagnostics) for one in result.runs],
            result.teardown,
        )
        for result in results
    ]
    try:
        path.write_text(junit_xml(suites), encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f'"{path}" cannot be written: {(error.strerror or "").lower()}') from None


@dataclass(slots=True)
class _Telling:
    """Says how it goes: lines for people, or events."""

    json: bool
    verbose: bool
    name: str = field(default="")

    def begin(self, file: "TestFile") -> None:
        """A file begins."""
        self.name = file.name
        if not self.json:
            show.line(self.name)

    def began(self, run: "Run") -> None:
        """A run begins: its line is ended by its status."""
        if not self.json:
            show.write(f'  run "{run.name}"... ')

    def ended(self, result: "RunResult") -> None:
        """A run has ended."""
        if self.json:
            from batchplan.report.tests import run_event

            show.event(run_event(self.name, result.name, result.status, result.seconds, _now()))
        else:
            show.line(result.status)
            if self.verbose and result.told:
                show.line()
                show.write(result.told)
                show.line()
        self._diagnostics(result.name, result.diagnostics)

    def file(self, result: "FileResult") -> None:
        """A file has ended."""
        self._diagnostics(None, result.teardown)
        if self.json:
            from batchplan.report.tests import file_event

            show.event(file_event(self.name, result.status, _now()))

    def end(self, results: "list[FileResult]") -> None:
        """All have ended."""
        from batchplan.report.tests import summary, summary_event

        statuses = [one.status for result in results for one in result.runs]
        files = [result.status for result in results]
        worst = next((word for word in ("error", "fail", "pass") if word in files), "skip")
        if self.json:
            show.event(summary_event(statuses, worst, _now()))
        else:
            show.line()
            show.line(summary([*statuses, *("error" for result in results if result.teardown)]))

    def _diagnostics(self, run: str | None, found: "list[Diagnostic]") -> None:
        if not self.json:
            show.diagnostics(found)
            return
        from batchplan.report.tests import diagnostic_event

        for one in found:
            show.event(diagnostic_event(self.name, run, one, _now()))


def _now() -> "datetime":
    from datetime import UTC, datetime

    return datetime.now(UTC)
