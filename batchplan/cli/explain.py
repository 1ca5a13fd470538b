"""`batchplan explain`"""

from typing import Annotated

import typer

from batchplan.cli import show

_HELP = (
    "A diagnostic code, such as E0201; a rule, such as BP1302; a kind, such as pool; or a field, such as pool.vm_size."
)


def explain(name: Annotated[str, typer.Argument(metavar="NAME", help=_HELP)]) -> int:
    """Tell all about a diagnostic code, a rule of policy, a resource kind or a field."""
    from batchplan.ops.explain import page

    show.write(page(name))
    return 0
