"""`batchplan policy`: check, list, explain, baseline, test"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables, open_project
from batchplan.cli.planning import Destroy, Emulator, Refresh, in_session, options, project
from batchplan.cli.policy_options import AsOf, Baseline, Overrides, Plugins, PolicySet, Reasons, asked
from batchplan.cli.running import Lock, LockTimeout, seconds

if TYPE_CHECKING:
    from batchplan.config.project import Project
    from batchplan.ops.policy import Asked, Checked
    from batchplan.ops.session import Session
    from batchplan.policy.judge import Judgement

app = typer.Typer(no_args_is_help=True, help="Rules about what is declared, planned and live.")

REFUSED = 3

Saved = Annotated[
    Path | None, typer.Option("--context", metavar="FILE", help="Check what plan -save-context saved, offline.")
]
Static = Annotated[bool, typer.Option("--static", help="Look at the configuration alone.")]
_FORMATS = "text, json, sarif, junit, markdown, github or azure"


@app.command("check")
def check(
    context: Saved = None,
    static: Static = False,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"One of {_FORMATS}.")] = "text",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Tell of what passed, too.")] = False,
    json: Json = False,
    policy_set: PolicySet = None,
    override: Overrides = [],  # noqa: B006 - typer copies it
    reason: Reasons = [],  # noqa: B006
    as_of: AsOf = None,
    baseline: Baseline = None,
    plugins: Plugins = True,
    destroy: Destroy = False,
    refresh: Refresh = True,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Ask all rules about a plan, a saved context or the configuration alone; exit with 3 when one would refuse."""
    wanted = asked(policy_set, override, reason, as_of, baseline, plugins=plugins)
    write = _writer("json" if json else form, every=every)
    if context is not None:
        checked = _of_context(context, wanted, var, var_file)
    elif static:
        checked = _of_configuration(wanted, var, var_file)
    else:
        checked = _of_plan(
            wanted, project(var, var_file), destroy, refresh, lock, seconds(lock_timeout), emulator=emulator
        )
    judgement = checked.judgement
    if out is not None:
        _save(out, write(judgement))
    elif form == "text" and not json:
        from batchplan.report.policy import full

        show.styled(full(judgement, all_verdicts=every))
    else:
        show.write(write(judgement))
    return REFUSED if judgement.refusing or judgement.undecided_hard else 0


def _writer(form: str, *, every: bool) -> "Callable[[Judgement], str]":
    """Return what writes a judgement in a format; raise BadParameter for one that is not there."""
    import json as jsons

    from batchplan.report import annotations, policyjson
    from batchplan.report.policy import full
    from batchplan.report.policyjunit import policy_junit
    from batchplan.report.policymarkdown import markdown
    from batchplan.report.sarif import sarif

    def document(data: object) -> str:
        return jsons.dumps(data, indent=2, ensure_ascii=False) + "\n"

    writers: Mapping[str, Callable[[Judgement], str]] = {
        "text": lambda judgement: "".join(text for _, text in full(judgement, all_verdicts=every)),
        "json": lambda judgement: document(policyjson.judgement_json(judgement, verdicts=every)),
        "sarif": lambda judgement: document(sarif(judgement)),
        "junit": policy_junit,
        "markdown": markdown,
        "github": annotations.github,
        "azure": annotations.azure,
    }
    if form not in writers:
        raise typer.BadParameter(f'there is no format "{form}"; it is one of {_FORMATS}')
    return writers[form]


def _save(path: Path, text: str) -> None:
    from batchplan.core.codes import UNREADABLE_FILE
    from batchplan.core.diagnostics import Diagnostic, UserError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        detail = f'"{path}" cannot be written: {(error.strerror or str(error)).lower()}.'
        raise UserError([Diagnostic(UNREADABLE_FILE, detail)]) from None


def _of_context(path: Path, wanted: "Asked", var: list[str], var_file: list[str]) -> "Checked":
    from batchplan.ops.policy import check_context

    found = open_project(var, var_file, partial=True) if any(Path.cwd().glob("*.batch.hcl")) else None
    return check_context(path, wanted, found)


def _of_configuration(wanted: "Asked", var: list[str], var_file: list[str]) -> "Checked":
    from datetime import UTC, datetime

    from batchplan.core.diagnostics import UserError
    from batchplan.ops.policy import check_static

    found = open_project(var, var_file, partial=True)
    if found.diagnostics.has_errors:
        raise UserError(found.diagnostics.items)
    checked = check_static(found, wanted, datetime.now(UTC).date())
    if checked.diagnostics.has_errors:
        raise UserError(checked.diagnostics.items)
    return checked


def _of_plan(
    wanted: "Asked",
    loaded: "Project",
    destroy: bool,
    refresh: bool,
    lock: bool,
    timeout: float,
    *,
    emulator: bool,
) -> "Checked":
    from batchplan.ops.apply import locked
    from batchplan.ops.plan import make_plan
    from batchplan.ops.policy import check_plan

    async def work(session: "Session") -> "Checked":
        async with locked(session, "policy check", lock=lock, timeout=timeout):
            planned = await make_plan(session, loaded, options(destroy=destroy), refresh=refresh, locked=lock)
        return await check_plan(session, planned, wanted, refresh=refresh)

    return in_session(work, loaded, emulator=emulator)


@app.command("list")
def list_(
    family: Annotated[str | None, typer.Option("--family", metavar="NAME", help="Only one family: NODE, HA.")] = None,
    json: Json = False,
    policy_set: PolicySet = None,
    plugins: Plugins = True,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """List the rules, and what the policy set makes of them."""
    from batchplan.ops.rules import listed
    from batchplan.report.policy import list_text
    from batchplan.report.policyjson import rule_json

    found = listed(_project_here(var, var_file), set_name=policy_set, plugins=plugins, family=family)
    if json:
        show.document([rule_json(*one) for one in found])
    else:
        show.write(list_text(found))
    return 0


def _project_here(var: list[str], var_file: list[str]) -> "Project | None":
    if not any(Path.cwd().glob("*.batch.hcl")):
        return None
    return open_project(var, var_file, partial=True)


@app.command("explain")
def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="An id, such as BP1302, or a name.")],
    policy_set: PolicySet = None,
    plugins: Plugins = True,
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """Tell all about a rule: what it finds, why, and what to do instead."""
    from batchplan.ops.rules import explained
    from batchplan.policy.explain import rule_text

    show.write(rule_text(*explained(_project_here(var, var_file), rule, set_name=policy_set, plugins=plugins)))
    return 0


@app.command("baseline")
def baseline_(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The file to write.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Only take out what is fixed; add nothing.")] = False,
    context: Saved = None,
    static: Static = False,
    policy_set: PolicySet = None,
    as_of: AsOf = None,
    plugins: Plugins = True,
    refresh: Refresh = True,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Write down what is found now, so that only what is new counts; with -prune, forget what has been fixed."""
    from batchplan.ops.policy import BASELINE
    from batchplan.policy.baseline import write_baseline
    from batchplan.policy.judge import baseline_of

    path = out if out is not None else Path(BASELINE)
    wanted = asked(policy_set, as_of=as_of, baseline=path if path.exists() else None, plugins=plugins)
    if context is not None:
        checked = _of_context(context, wanted, var, var_file)
    elif static:
        checked = _of_configuration(wanted, var, var_file)
    else:
        checked = _of_plan(
            wanted, project(var, var_file), False, refresh, lock, seconds(lock_timeout), emulator=emulator
        )
    entries = baseline_of(checked.judgement)
    if prune:
        known = {one.fingerprint for one in checked.context.baseline}
        entries = tuple(one for one in entries if one.fingerprint in known)
    _save(path, write_baseline(entries, checked.judgement.as_of))
    before = len(checked.context.baseline)
    show.line(f"{path}: {len(entries)} findings" + (f", {before} before." if before else "."))
    return 0


@app.command("test")
def run_tests(
    json: Json = False,
    plugins: Plugins = True,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """Run the tests that stand in policy blocks; exit with 1 when one fails."""
    from batchplan.core.diagnostics import UserError
    from batchplan.ops.rules import policy_tests

    found = open_project(var, var_file, partial=True)
    if found.diagnostics.has_errors:
        raise UserError(found.diagnostics.items)
    results = policy_tests(found, plugins=plugins)
    if json:
        show.document([one.as_json() for one in results])
    else:
        for one in results:
            show.line(one.text())
        failed = sum(not one.passed for one in results)
        show.line(
            f"{len(results) - failed} passed, {failed} failed." if results else "There are no tests in policy blocks."
        )
    return 1 if any(not one.passed for one in results) else 0
