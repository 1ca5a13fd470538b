"""The commands under `batchplan formula`: thin over the library of the formula language."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from batchplan.cli import formula_laboratory
from batchplan.cli.formula_input import AsJson, File, Files, clock, fail, read, show
from batchplan.cli.formula_load import Csv, Interval, Pattern, Seed, Slots, Span, Tasks, TaskTime, load, seconds
from batchplan.cli.formula_source import live_quotas, subject
from batchplan.cli.options import VariableFiles, Variables
from batchplan.cli.planning import Emulator

app = typer.Typer(
    name="formula",
    help="Check, explain, bound, evaluate and simulate autoscale formulas, without a pool.",
    no_args_is_help=True,
)

CHANGES = 3


@app.command("check")
def check_command(
    file: File = "-",
    as_json: AsJson = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"formula": "..."} a line and write one report a line.')
    ] = False,
    live: Annotated[bool, typer.Option("--live", help="Compare with the quota of the object's account.")] = False,
    emulator: Emulator = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> None:
    """Report faults, doubtful habits and the proved bounds. Ends with 1 when the service would refuse the formula."""
    from batchplan.autoscale import check
    from batchplan.cli import formula_text
    from batchplan.plan.formula import worst_of

    if jsonl:
        _check_lines(read(file).splitlines())
        return
    given = subject(file, var, var_file)
    report = check(given.text)
    quotas = live_quotas(given, emulator=emulator) if live and report.ok else None
    worst = worst_of(report.bounds, given.vm_size, quotas) if given.vm_size and report.ok else ()
    if as_json:
        cores = {"worst_case": formula_text.worst_json(worst)} if worst else {}
        show({**formula_text.report_json(report, given.text, given.place), **cores})
    else:
        for finding in report.findings:
            typer.echo(formula_text.finding_text(finding, given.text, given.place))
        if report.ok:
            typer.echo(formula_text.bounds_text(report.bounds, worst))
    if not report.ok:
        raise typer.Exit(1)


def _check_lines(lines: Iterable[str]) -> None:
    for line in lines:
        if line.strip():
            typer.echo(json.dumps(_check_line(line)))


def _check_line(line: str) -> dict[str, Any]:
    """The report on one line; a line that holds no formula is reported in its place, so that lines stay paired."""
    from batchplan.autoscale import check
    from batchplan.cli import formula_text

    try:
        given = json.loads(line)
    except ValueError as fault:
        return {"ok": False, "error": f"not JSON: {fault}", "diagnostics": [], "bounds": {}}
    text = given.get("formula") if isinstance(given, dict) else None
    if not isinstance(text, str):
        return {"ok": False, "error": 'there is no text under "formula"', "diagnostics": [], "bounds": {}}
    return formula_text.report_json(check(text), text)


@app.command("fmt")
def fmt_command(
    files: Files,
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 3 if a layout differs.")
    ] = False,
) -> None:
    """Lay formulas out in the one style, in place; standard input is written to standard output."""
    from batchplan.autoscale import format as layouts
    from batchplan.cli import formula_text

    changed = False
    for path in files:
        text = read(path)
        try:
            laid_out = layouts.fmt(text)
        except layouts.Unformattable as fault:
            for finding in fault.findings:
                typer.echo(formula_text.finding_text(finding, text), err=True)
            fail(f"{path}: {fault}")
        changed = changed or laid_out != text
        if path == "-" and not check_only:
            typer.echo(laid_out, nl=False)
        elif laid_out != text:
            typer.echo(path)
            if not check_only:
                Path(path).write_text(laid_out, encoding="utf-8")
    if check_only and changed:
        raise typer.Exit(CHANGES)


@app.command("explain")
def explain_command(
    file: File = "-",
    as_json: AsJson = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> None:
    """Say in words what each statement does."""
    from batchplan.autoscale.explain import explain

    found = explain(subject(file, var, var_file).text)
    if as_json:
        show([{"line": item.line or None, "source": item.source, "prose": item.prose} for item in found])
        return
    for item in found:
        typer.echo(f"{item.line:4} | {item.prose}" if item.line else f"     | {item.prose}")


@app.command("bounds")
def bounds_command(
    file: File = "-",
    as_json: AsJson = False,
    most_present: Annotated[
        int | None, typer.Option("--most-present", help="The largest present target, such as a quota.")
    ] = None,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> None:
    """Prove how few and how many nodes a formula can ask for, whatever the metrics."""
    from batchplan.autoscale import bounds
    from batchplan.cli import formula_text
    from batchplan.plan.formula import worst_of

    given = subject(file, var, var_file)
    found = bounds(given.text, most_present=most_present)
    if as_json:
        show(formula_text.bounds_json(found))
    else:
        typer.echo(formula_text.bounds_text(found, worst_of(found, given.vm_size) if given.vm_size else ()))


@dataclass(frozen=True, slots=True)
class _Given:
    """Histories written on the command line."""

    histories: dict[str, list[tuple[datetime, float]]]

    def samples(self, name: str) -> Sequence[tuple[datetime, float]]:
        return self.histories.get(name.removeprefix("$").lower(), ())


def _histories(given: Sequence[str], now: datetime, delay: float) -> _Given:
    """NAME=5 is a value that has been the same for an hour; NAME=1,2,3 are the last samples, 30 seconds apart."""
    out: dict[str, list[tuple[datetime, float]]] = {}
    for item in given:
        name, equals, text = item.partition("=")
        try:
            values = [float(value) for value in text.split(",")]
        except ValueError:
            values = []
        if not equals or not values:
            fail(f"{item!r} is no metric; write PendingTasks=12 or PendingTasks=3,5,8")
        if len(values) == 1:
            values *= 120
        last = now - timedelta(seconds=delay)
        times = [last - timedelta(seconds=30 * back) for back in range(len(values) - 1, -1, -1)]
        out[name.strip().removeprefix("$").lower()] = list(zip(times, values, strict=True))
    return _Given(out)


@app.command("eval")
def eval_command(
    file: File = "-",
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="NAME=VALUE, steady for an hour, or NAME=V1,V2,... samples.")
    ] = None,
    now: Annotated[str | None, typer.Option("--now", help="The clock (UTC), such as 2026-11-23T09:00:00Z.")] = None,
    dedicated: Annotated[int, typer.Option("--dedicated", help="Present target of dedicated nodes.")] = 0,
    low_priority: Annotated[int, typer.Option("--low-priority", help="Present target of low-priority nodes.")] = 0,
    slots: Annotated[int, typer.Option("--slots", help="Task slots per node.")] = 1,
    delay: Annotated[float, typer.Option("--delay", help="How many seconds old the last sample is.")] = 0.0,
    as_json: AsJson = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> None:
    """Evaluate a formula once, as the service would, on metrics given here."""
    from batchplan.autoscale import Targets, run

    moment = clock(now)
    result = run(
        subject(file, var, var_file).text,
        _histories(metric or [], moment, delay),
        moment,
        Targets(dedicated, low_priority),
        task_slots_per_node=slots,
    )
    error = result.error
    if as_json:
        failure = error and {"code": error.code, "message": error.message, "values": dict(error.values)}
        targets = {"dedicated": result.targets.dedicated, "low_priority": result.targets.low_priority}
        variables = dict(result.variables)
        show(
            {
                "targets": targets,
                "option": result.option,
                "variables": variables,
                "results": result.results_text,
                "error": failure,
            }
        )
    else:
        typer.echo(result.results_text.replace(";", "\n"))
    if error:
        if not as_json:
            typer.echo(f"Error: {error.message}\n{error.values[0][1]}", err=True)
        raise typer.Exit(1)


@app.command("diff")
def diff_command(
    old: Annotated[str, typer.Argument(help="The formula as it is: a file, -, or an object.")],
    new: Annotated[str, typer.Argument(help="The formula as it shall be: a file, -, or an object.")],
    on_load: Annotated[bool, typer.Option("--simulate", help="Compare both on the same load as well.")] = False,
    workload: Csv = None,
    pattern: Pattern = "diurnal",
    tasks: Tasks = 1000,
    span: Span = "7d",
    task_time: TaskTime = "15m",
    slots: Slots = 1,
    interval: Interval = "15m",
    seed: Seed = 0,
    as_json: AsJson = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> None:
    """Compare two formulas by what they say and what they can ask for; with --simulate, by what they do."""
    from batchplan.autoscale.diff import diff
    from batchplan.autoscale.laboratory import Settings, simulate
    from batchplan.cli import formula_text

    before, after = (subject(one, var, var_file).text for one in (old, new))
    found = diff(before, after)
    outcomes = []
    if on_load or workload is not None:
        tasks_to_run = load(workload, pattern, tasks, span, task_time, seed)
        settings = Settings(slots=slots, interval=seconds(interval), seed=seed)
        outcomes = [
            simulate(text, tasks_to_run, settings, name=name) for name, text in (("old", before), ("new", after))
        ]
    if as_json:
        simulated = {"simulation": [formula_text.outcome_json(outcome) for outcome in outcomes]} if outcomes else {}
        show({**formula_text.difference_json(found), **simulated})
        return
    typer.echo(formula_text.difference_text(found))
    if outcomes:
        typer.echo(formula_text.outcomes_text(outcomes))


app.command("simulate")(formula_laboratory.simulate)
app.command("optimise")(formula_laboratory.optimise)
