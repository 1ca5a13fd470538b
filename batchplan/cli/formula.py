"""The commands under `batchplan formula`: thin over the library of the formula language."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from batchplan.autoscale import Targets, bounds, check, run
from batchplan.autoscale import diff as differences
from batchplan.autoscale import explain as explanations
from batchplan.autoscale import format as layouts
from batchplan.autoscale.laboratory import (
    GENERATORS,
    Settings,
    Workload,
    generate,
    goal,
    knob,
    optimise,
    read_csv,
    simulate,
)
from batchplan.autoscale.laboratory.chart import page, terminal
from batchplan.autoscale.laboratory.optimise import Unsearchable
from batchplan.autoscale.laboratory.workload import UnreadableWorkload
from batchplan.cli import formula_text

app = typer.Typer(
    name="formula",
    help="Check, explain, bound, evaluate and simulate autoscale formulas, without a pool.",
    no_args_is_help=True,
)

File = Annotated[str, typer.Argument(metavar="[FILE|-]", help="A file with one formula, or - for standard input.")]
Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Files with one formula each; - is standard input.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]

CHANGES = 2


def _fail(message: str) -> NoReturn:
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(1)


def _read(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        _fail(f"cannot read {path}: {fault}")


def _show(document: Any) -> None:
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


@app.command("check")
def check_command(
    file: File = "-",
    as_json: AsJson = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"formula": "..."} a line and write one report a line.')
    ] = False,
) -> None:
    """Report faults, doubtful habits and the proved bounds. Ends with 1 when the service would refuse the formula."""
    if jsonl:
        _check_lines(_read(file).splitlines())
        return
    text = _read(file)
    report = check(text)
    if as_json:
        _show(formula_text.report_json(report, text))
    else:
        for finding in report.findings:
            typer.echo(formula_text.finding_text(finding, text))
        if report.ok:
            typer.echo(formula_text.bounds_text(report.bounds))
    if not report.ok:
        raise typer.Exit(1)


def _check_lines(lines: Iterable[str]) -> None:
    for line in lines:
        if line.strip():
            typer.echo(json.dumps(_check_line(line), ensure_ascii=False))


def _check_line(line: str) -> dict[str, Any]:
    """The report on one line; a line that holds no formula is reported in its place, so that lines stay paired."""
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
        bool, typer.Option("--check", help="Change nothing; end with 2 if a layout differs.")
    ] = False,
) -> None:
    """Lay formulas out in the one style, in place; standard input is written to standard output."""
    changed = False
    for path in files:
        text = _read(path)
        try:
            laid_out = layouts.fmt(text)
        except layouts.Unformattable as fault:
            for finding in fault.findings:
                typer.echo(formula_text.finding_text(finding, text), err=True)
            _fail(f"{path}: {fault}")
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
def explain_command(file: File = "-", as_json: AsJson = False) -> None:
    """Say in words what each statement does."""
    found = explanations.explain(_read(file))
    if as_json:
        _show([{"line": item.line or None, "source": item.source, "prose": item.prose} for item in found])
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
) -> None:
    """Prove how few and how many nodes a formula can ask for, whatever the metrics."""
    found = bounds(_read(file), most_present=most_present)
    if as_json:
        _show(formula_text.bounds_json(found))
    else:
        typer.echo(formula_text.bounds_text(found))


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
            _fail(f"{item!r} is no metric; write PendingTasks=12 or PendingTasks=3,5,8")
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
) -> None:
    """Evaluate a formula once, as the service would, on metrics given here."""
    clock = _clock(now)
    result = run(
        _read(file),
        _histories(metric or [], clock, delay),
        clock,
        Targets(dedicated, low_priority),
        task_slots_per_node=slots,
    )
    error = result.error
    if as_json:
        failure = error and {"code": error.code, "message": error.message, "values": dict(error.values)}
        targets = {"dedicated": result.targets.dedicated, "low_priority": result.targets.low_priority}
        variables = dict(result.variables)
        _show(
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


def _clock(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _fail(f"{text!r} is no time; write 2026-11-23T09:00:00Z")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Pattern = Annotated[str, typer.Option("--pattern", help=f"One of {', '.join(GENERATORS)}.")]
Csv = Annotated[str | None, typer.Option("--workload", help="A CSV file with arrival and seconds, or recorded tasks.")]
Tasks = Annotated[int, typer.Option("--tasks", help="How many tasks to generate.")]
Span = Annotated[str, typer.Option("--span", help="How long to simulate: 12h, 7d.")]
TaskTime = Annotated[str, typer.Option("--task-time", help="About how long a task runs: 90s, 15m, 2h.")]
Slots = Annotated[int, typer.Option("--slots", help="Task slots per node.")]
Boot = Annotated[str, typer.Option("--boot", help="How long a node takes to boot.")]
StartTask = Annotated[str, typer.Option("--start-task", help="How long the start task runs.")]
Interval = Annotated[str, typer.Option("--interval", help="The evaluation interval: 15m or PT15M.")]
Delay = Annotated[str, typer.Option("--delay", help="How late samples become visible.")]
Loss = Annotated[float, typer.Option("--loss", help="The share of samples that never arrive.")]
Preemption = Annotated[float, typer.Option("--preemption", help="Chance per hour that a low-priority node is taken.")]
Quota = Annotated[int, typer.Option("--quota", help="Most dedicated nodes the account may have.")]
SpotQuota = Annotated[int, typer.Option("--low-priority-quota", help="Most low-priority nodes the account may have.")]
Price = Annotated[float | None, typer.Option("--price", help="Price of a dedicated node hour.")]
SpotPrice = Annotated[float | None, typer.Option("--low-priority-price", help="Price of a low-priority node hour.")]
Start = Annotated[str | None, typer.Option("--start", help="When the simulation begins; else a Monday at midnight.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same simulation.")]

_TIME = re.compile(r"(?:(?P<d>[\d.]+)d)?(?:(?P<h>[\d.]+)h)?(?:(?P<m>[\d.]+)m(?:in)?)?(?:(?P<s>[\d.]+)s?)?")
_SECONDS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


def _seconds(text: str) -> float:
    """The seconds of 90, 90s, 15m, 1h30m, 7d or PT15M."""
    plain = text.strip().lower().removeprefix("p").replace("t", "")
    found = _TIME.fullmatch(plain)
    try:
        if found and plain:
            return sum(float(found[unit]) * length for unit, length in _SECONDS.items() if found[unit])
    except ValueError:
        pass  # two points in a number: told below
    _fail(f"{text!r} is no length of time; write 90s, 15m, 2h, 7d or PT15M")


def _load(workload: str | None, pattern: str, tasks: int, span: str, task_time: str, seed: int) -> Workload:
    if workload is not None:
        try:
            return read_csv(_read(workload).splitlines(), name=workload)
        except UnreadableWorkload as fault:
            _fail(f"{workload}: {fault}")
    if pattern not in GENERATORS:
        _fail(f"{pattern!r} is no pattern; there are {', '.join(GENERATORS)}")
    return generate(pattern, tasks=tasks, span=_seconds(span), seconds=_seconds(task_time), seed=seed)


@app.command("simulate")
def simulate_command(
    files: Files,
    workload: Csv = None,
    pattern: Pattern = "diurnal",
    tasks: Tasks = 1000,
    span: Span = "7d",
    task_time: TaskTime = "15m",
    slots: Slots = 1,
    boot: Boot = "3m",
    start_task: StartTask = "1m",
    interval: Interval = "15m",
    delay: Delay = "30s",
    loss: Loss = 0.0,
    preemption: Preemption = 0.0,
    quota: Quota = 1000,
    low_priority_quota: SpotQuota = 1000,
    price: Price = None,
    low_priority_price: SpotPrice = None,
    start: Start = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    chart: Annotated[bool, typer.Option("--chart/--no-chart", help="Draw the curves in the terminal.")] = True,
    html: Annotated[str | None, typer.Option("--html", help="Write a page that compares the formulas.")] = None,
) -> None:
    """Let pools live by formulas on the same load, and compare delay, node hours and cost."""
    load = _load(workload, pattern, tasks, span, task_time, seed)
    settings = _settings(
        slots,
        boot,
        start_task,
        interval,
        delay,
        loss,
        preemption,
        quota,
        low_priority_quota,
        price,
        low_priority_price,
        seed,
        start,
    )
    outcomes = [
        simulate(_read(path), load, settings, name=Path(path).stem if path != "-" else "formula") for path in files
    ]
    if html is not None:
        Path(html).write_text(page(outcomes, f"{load.name}: {len(load.tasks):,} tasks"), encoding="utf-8")
    if as_json:
        _show([formula_text.outcome_json(outcome) for outcome in outcomes])
        return
    typer.echo(formula_text.outcomes_text(outcomes))
    for outcome in outcomes if chart else ():
        plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        typer.echo(f"\n{outcome.name}\n{terminal(outcome, plain=plain)}")


def _settings(
    slots: int,
    boot: str,
    start_task: str,
    interval: str,
    delay: str,
    loss: float,
    preemption: float,
    quota: int,
    low_priority_quota: int,
    price: float | None,
    low_priority_price: float | None,
    seed: int,
    start: str | None,
) -> Settings:
    try:
        return Settings(
            slots=slots,
            boot=_seconds(boot),
            start_task=_seconds(start_task),
            interval=_seconds(interval),
            delay=_seconds(delay),
            loss=loss,
            preemption=preemption,
            quota_dedicated=quota,
            quota_low_priority=low_priority_quota,
            price_dedicated=price,
            price_low_priority=low_priority_price,
            seed=seed,
            start=None if start is None else _clock(start),
        )
    except ValueError as fault:
        _fail(str(fault))


@app.command("diff")
def diff_command(
    old: Annotated[str, typer.Argument(help="The formula as it is.")],
    new: Annotated[str, typer.Argument(help="The formula as it shall be.")],
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
) -> None:
    """Compare two formulas by what they say and what they can ask for; with --simulate, by what they do."""
    before, after = _read(old), _read(new)
    found = differences.diff(before, after)
    outcomes = []
    if on_load or workload is not None:
        load = _load(workload, pattern, tasks, span, task_time, seed)
        settings = Settings(slots=slots, interval=_seconds(interval), seed=seed)
        outcomes = [simulate(text, load, settings, name=name) for name, text in (("old", before), ("new", after))]
    if as_json:
        simulated = {"simulation": [formula_text.outcome_json(outcome) for outcome in outcomes]} if outcomes else {}
        _show({**formula_text.difference_json(found), **simulated})
        return
    typer.echo(formula_text.difference_text(found))
    if outcomes:
        typer.echo(formula_text.outcomes_text(outcomes))


@app.command("optimise")
def optimise_command(
    file: File,
    vary: Annotated[
        list[str], typer.Option("--vary", help="A variable and its values: max=5:50:5 or max=5,10,25. May be repeated.")
    ],
    wanted: Annotated[
        str, typer.Option("--goal", help="Limits and what shall be least.")
    ] = "p95 delay <= 10 min, least node hours",
    budget: Annotated[int, typer.Option("--budget", help="How many simulations at most.")] = 100,
    workload: Csv = None,
    pattern: Pattern = "diurnal",
    tasks: Tasks = 1000,
    span: Span = "7d",
    task_time: TaskTime = "15m",
    slots: Slots = 1,
    boot: Boot = "3m",
    start_task: StartTask = "1m",
    interval: Interval = "15m",
    delay: Delay = "30s",
    loss: Loss = 0.0,
    preemption: Preemption = 0.0,
    quota: Quota = 1000,
    low_priority_quota: SpotQuota = 1000,
    price: Price = None,
    low_priority_price: SpotPrice = None,
    start: Start = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Search the constants of a formula for the cheapest that meets a goal."""
    load = _load(workload, pattern, tasks, span, task_time, seed)
    settings = _settings(
        slots,
        boot,
        start_task,
        interval,
        delay,
        loss,
        preemption,
        quota,
        low_priority_quota,
        price,
        low_priority_price,
        seed,
        start,
    )
    try:
        best = optimise(_read(file), [knob(text) for text in vary], load, goal(wanted), settings, budget)
    except Unsearchable as fault:
        _fail(str(fault))
    if as_json:
        outcome = formula_text.outcome_json(best.outcome)
        document = {"values": dict(best.values), "met": best.met, "tried": best.tried, "outcome": outcome}
        _show({**document, "formula": best.formula})
    else:
        values = ", ".join(f"{name} = {value:g}" for name, value in best.values.items())
        typer.echo(f"{values}   {'meets the goal' if best.met else 'comes closest to the goal'}, of {best.tried} tried")
        typer.echo(formula_text.outcomes_text([best.outcome]))
        typer.echo(best.formula)
    if not best.met:
        raise typer.Exit(1)
