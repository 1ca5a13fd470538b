"""The pool that a backup stands for."""

from collections.abc import Mapping
from typing import Any

from batchplan.schema.document import Document

OWN = ("replacement", "backup", "suppress")
"""Blocks of a pool that are not its backups'."""

_EITHER = {"fixed_scale": "auto_scale", "auto_scale": "fixed_scale"}


def merged(pool: Mapping[str, Any], overrides: Mapping[str, Any]) -> Document:
    """Return a pool's document with a backup's overrides.

    An argument or a block that is given there replaces the pool's, and one way of scaling drops the other. The
    pool's own blocks of batchplan are left out.
    """
    made = {name: value for name, value in pool.items() if name not in OWN}
    dropped = {_EITHER[name] for name in overrides if name in _EITHER}
    return {name: value for name, value in made.items() if name not in dropped} | dict(overrides)
