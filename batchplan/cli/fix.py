"""`batchplan fix`"""

from pathlib import Path
from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import VariableFiles, Variables, open_project
from batchplan.cli.policy_options import AsOf, Plugins, PolicySet, asked


def fix(
    rule: Annotated[list[str], typer.Option("--rule", metavar="RULE", help="Only what this rule proposes.")] = [],  # noqa: B006 - typer copies it
    write: Annotated[bool, typer.Option("--write/--no-write", help="Write the files, instead of showing how.")] = False,
    policy_set: PolicySet = None,
    as_of: AsOf = None,
    plugins: Plugins = True,
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """Show, or make, the changes of the configuration that rules propose; what is an expression stays."""
    from datetime import UTC, datetime

    from batchplan.core.diagnostics import UserError
    from batchplan.ops.fix import fixes
    from batchplan.ops.fix import write as write_files
    from batchplan.ops.policy import check_static

    project = open_project(var, var_file, partial=True)
    if project.diagnostics.has_errors:
        raise UserError(project.diagnostics.items)
    checked = check_static(project, asked(policy_set, as_of=as_of, plugins=plugins), datetime.now(UTC).date())
    if checked.diagnostics.has_errors:
        raise UserError(checked.diagnostics.items)
    found = fixes(Path.cwd(), checked.context, checked.judgement, [one.upper() for one in rule])
    for one in found.files:
        show.write(one.diff)
    for finding, why in found.left:
        show.line(f"left to you: {finding.rule.id} {finding.finding.message} ({why})")
    count = sum(len(one.findings) for one in found.files)
    if write:
        write_files(found)
        show.line(f"{count} findings fixed in {len(found.files)} files.")
    elif count:
        show.line("Nothing was written. To do this: batchplan fix -write")
    elif not found.left:
        show.line("Nothing to fix.")
    return 0
