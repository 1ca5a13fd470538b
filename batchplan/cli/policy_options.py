"""Flags about policy that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

    from batchplan.ops.policy import Asked

PolicySet = Annotated[
    str | None, typer.Option("--policy-set", metavar="NAME", help="Which policy set counts, instead of the active one.")
]
Overrides = Annotated[
    list[str], typer.Option("--override", metavar="RULE", help="Accept a soft rule once; give a -reason for each.")
]
Reasons = Annotated[list[str], typer.Option("--reason", metavar="TEXT", help="Why the -override before it is fine.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Judge as if it were this day.")]
Baseline = Annotated[
    Path | None, typer.Option("--baseline", metavar="FILE", help="Findings that are known; new ones count.")
]
Plugins = Annotated[bool, typer.Option("--plugins/--no-plugins", help="Whether rules of plug-ins are asked.")]


def asked(
    policy_set: str | None = None,
    override: list[str] | None = None,
    reason: list[str] | None = None,
    as_of: str | None = None,
    baseline: Path | None = None,
    *,
    plugins: bool = True,
) -> "Asked":
    """Return what the flags ask for; raise BadParameter for what does not fit together.

    One reason is enough for several overrides; else there is one for each.
    """
    from batchplan.ops.policy import Asked
    from batchplan.policy.context import Override

    rules, reasons = override or [], reason or []
    if rules and not reasons:
        raise typer.BadParameter('-override needs a -reason, as in -override BP1302 -reason "it only reports"')
    if len(reasons) not in (len(rules), 1) or (reasons and not rules):
        raise typer.BadParameter("give one -reason for each -override, or one for all")
    pairs = zip(rules, reasons if len(reasons) == len(rules) else reasons * len(rules), strict=True)
    return Asked(
        set_name=policy_set,
        overrides=tuple(Override(rule, text) for rule, text in pairs),
        as_of=_day(as_of),
        baseline=baseline,
        plugins=plugins,
    )


def _day(text: str | None) -> "date | None":
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is no day; one looks like 2027-06-30') from None
