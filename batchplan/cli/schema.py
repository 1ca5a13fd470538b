"""`batchplan schema`"""

from batchplan.cli import show
from batchplan.cli.options import Json


def schema(json: Json = False) -> int:
    """List the kinds that can be declared or read; with -json, all their fields, for other programs."""
    from batchplan.schema.explain import as_json, overview

    if json:
        show.document(as_json())
        return 0
    show.write(overview())
    return 0
