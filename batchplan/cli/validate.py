"""`batchplan validate`"""

from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables, open_project
from batchplan.cli.policy_options import AsOf, Baseline, Plugins, PolicySet
from batchplan.cli.policy_options import asked as policy_asked

if TYPE_CHECKING:
    from batchplan.config.project import Project
    from batchplan.core.diagnostics import Diagnostics
    from batchplan.ops.policy import Asked
    from batchplan.policy.judge import Judgement

REFUSED = 3


def validate(
    json: Json = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    policy_set: PolicySet = None,
    as_of: AsOf = None,
    baseline: Baseline = None,
    plugins: Plugins = True,
    no_tests: Annotated[bool, typer.Option("--no-tests", help="Leave the test files alone.")] = False,
) -> int:
    """Check the configuration in this folder without looking at Azure or at any state."""
    from batchplan.report.diagnostics import summary_json
    from batchplan.report.policyjson import judgement_json

    project = open_project(var, var_file, partial=True)
    found = project.diagnostics
    if not no_tests:
        found.extend(_of_tests())
    asked = policy_asked(policy_set, as_of=as_of, baseline=baseline, plugins=plugins)
    judgement = None if found.has_errors else _judged(project, found, asked)
    refused = judgement is not None and bool(judgement.refusing)
    if json:
        told = {"policy": judgement_json(judgement)} if judgement is not None and judgement.findings else {}
        show.document({**summary_json(found), **told})
        return 1 if found.has_errors else REFUSED if refused else 0
    show.diagnostics(found)
    if found.has_errors:
        return 1
    show.line("Success! The configuration is valid." + (" There are warnings above." if len(found) else ""))
    if judgement is not None and judgement.open:
        show.policy_section(judgement)
    return REFUSED if refused else 0


def _judged(project: "Project", found: "Diagnostics", asked: "Asked") -> "Judgement":
    """Return what the rules say that need nothing but the configuration; report what is wrong with policy blocks."""
    from datetime import UTC, datetime

    from batchplan.ops.policy import check_static

    checked = check_static(project, asked, datetime.now(UTC).date())
    found.extend(checked.diagnostics)
    return checked.judgement


def _of_tests() -> "Diagnostics":
    from pathlib import Path

    from batchplan.core.diagnostics import Diagnostics
    from batchplan.ops.testfile import found_files, read_test_file

    found = Diagnostics()
    for path in found_files(Path.cwd()):
        read_test_file(path, Path.cwd(), found)
    return found
