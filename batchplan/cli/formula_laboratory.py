"""The commands under `batchplan formula` that let pools live: simulate and optimise."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from batchplan.cli.formula_input import AsJson, File, Formulas, fail, show
from batchplan.cli.formula_load import (
    Boot,
    Csv,
    Delay,
    FromAccount,
    Interval,
    Loss,
    Pattern,
    Preemption,
    Price,
    Quota,
    Seed,
    Slots,
    Span,
    SpotPrice,
    SpotQuota,
    Start,
    StartTask,
    Tasks,
    TaskTime,
    load,
    recorded_load,
    settings,
)
from batchplan.cli.formula_source import Subject, subject
from batchplan.cli.options import VariableFiles, Variables
from batchplan.cli.planning import Emulator


def simulate(
    files: Formulas,
    workload: Csv = None,
    from_account: FromAccount = None,
    emulator: Emulator = False,
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
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> None:
    """Let pools live by formulas on the same load, and compare delay, node hours and cost."""
    from batchplan.autoscale.laboratory import simulate as run
    from batchplan.autoscale.laboratory.chart import page, terminal
    from batchplan.cli import formula_text

    if from_account is not None:
        tasks_to_run = recorded_load(from_account, var, var_file, emulator=emulator)
    else:
        tasks_to_run = load(workload, pattern, tasks, span, task_time, seed)
    pool = settings(
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
    formulas = [(subject(path, var, var_file), path) for path in files]
    outcomes = [run(one.text, tasks_to_run, pool, name=_name(one, path)) for one, path in formulas]
    if html is not None:
        Path(html).write_text(
            page(outcomes, f"{tasks_to_run.name}: {len(tasks_to_run.tasks):,} tasks"), encoding="utf-8"
        )
    if as_json:
        show([formula_text.outcome_json(outcome) for outcome in outcomes])
        return
    typer.echo(formula_text.outcomes_text(outcomes))
    for outcome in outcomes if chart else ():
        plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        typer.echo(f"\n{outcome.name}\n{terminal(outcome, plain=plain)}")


def _name(of: Subject, given: str) -> str:
    if of.address is not None:
        return str(of.address)
    return Path(given).stem if given != "-" else "formula"


def optimise(
    file: File,
    vary: Annotated[
        list[str], typer.Option("--vary", help="A variable and its values: max=5:50:5 or max=5,10,25. May be repeated.")
    ],
    wanted: Annotated[
        str, typer.Option("--goal", help="Limits and what shall be least.")
    ] = "p95 delay <= 10 min, least node hours",
    budget: Annotated[int, typer.Option("--budget", help="How many simulations at most.")] = 100,
    workload: Csv = None,
    from_account: FromAccount = None,
    emulator: Emulator = False,
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
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> None:
    """Search the constants of a formula for the cheapest that meets a goal."""
    from batchplan.autoscale.laboratory import goal, knob
    from batchplan.autoscale.laboratory import optimise as search
    from batchplan.autoscale.laboratory.optimise import Unsearchable
    from batchplan.cli import formula_text

    if from_account is not None:
        tasks_to_run = recorded_load(from_account, var, var_file, emulator=emulator)
    else:
        tasks_to_run = load(workload, pattern, tasks, span, task_time, seed)
    pool = settings(
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
        best = search(
            subject(file, var, var_file).text, [knob(text) for text in vary], tasks_to_run, goal(wanted), pool, budget
        )
    except Unsearchable as fault:
        fail(str(fault))
    if as_json:
        outcome = formula_text.outcome_json(best.outcome)
        document = {"values": dict(best.values), "met": best.met, "tried": best.tried, "outcome": outcome}
        show({**document, "formula": best.formula})
    else:
        values = ", ".join(f"{name} = {value:g}" for name, value in best.values.items())
        typer.echo(f"{values}   {'meets the goal' if best.met else 'comes closest to the goal'}, of {best.tried} tried")
        typer.echo(formula_text.outcomes_text([best.outcome]))
        typer.echo(best.formula)
    if not best.met:
        raise typer.Exit(1)
