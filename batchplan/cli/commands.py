"""The commands, in the order in which `-help` lists them."""

import typer

from batchplan.cli import (
    apply,
    console,
    drift,
    drill,
    emulator,
    explain,
    failover,
    fix,
    fmt,
    force_unlock,
    formula,
    graph,
    import_command,
    init,
    output,
    plan,
    policy,
    prewarm,
    rollout,
    schema,
    show_command,
    state,
    status,
    test,
    validate,
    workspace,
)
from batchplan.cli.main import version as show_version

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Plans Azure Batch: declare accounts, pools, jobs and schedules; see exactly what will be done.",
)


@app.command("version")
def version(json: bool = typer.Option(False, "--json", help="Print it as JSON.")) -> int:
    """Print the version."""
    return show_version(as_json=json)


app.command("init")(init.init)
app.command("validate")(validate.validate)
app.command("plan")(plan.plan)
app.command("apply")(apply.apply)
app.command("destroy")(apply.destroy)
app.command("refresh")(apply.refresh)
app.command("drift")(drift.drift)
app.command("status")(status.status)
app.command("failover")(failover.failover)
app.command("failback")(failover.failback)
app.command("prewarm")(prewarm.prewarm)
app.command("drill")(drill.drill)
app.command("import")(import_command.import_)
app.command("fmt")(fmt.fmt)
app.command("console")(console.console)
app.command("graph")(graph.graph)
app.command("explain")(explain.explain)
app.command("schema")(schema.schema)
app.command("show")(show_command.show_command)
app.command("test")(test.run_tests)
app.command("output")(output.output)
app.add_typer(rollout.app, name="rollout")
app.add_typer(state.app, name="state")
app.add_typer(workspace.app, name="workspace")
app.command("force-unlock")(force_unlock.force_unlock)
app.add_typer(policy.app, name="policy")
app.command("fix")(fix.fix)
app.add_typer(formula.app, name="formula")
app.add_typer(emulator.app, name="emulator")
