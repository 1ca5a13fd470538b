"""The commands, in the order in which `-help` lists them."""

import typer

from batchplan.cli import console, emulator, explain, fmt, formula, graph, init, validate
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
app.command("fmt")(fmt.fmt)
app.command("console")(console.console)
app.command("graph")(graph.graph)
app.command("explain")(explain.explain)
app.add_typer(formula.app, name="formula")
app.add_typer(emulator.app, name="emulator")
