"""`batchplan explain`"""

from typing import Annotated

import typer

from batchplan.cli import show


def explain(name: Annotated[str, typer.Argument(metavar="NAME", help="A diagnostic code, such as E0201.")]) -> int:
    """Tell all about a diagnostic code: what it means, an example, what to do."""
    from batchplan.ops.explain import page

    show.write(page(name))
    return 0
