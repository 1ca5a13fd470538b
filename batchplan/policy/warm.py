"""Pools that are meant to have nodes at all times."""

from batchplan.policy.model import Param
from batchplan.policy.subject import View

WARM = Param("warm_tag", "warm", "The tag, or the metadata, of pools that are meant to keep nodes.")


def is_warm(pool: View, tag: str) -> bool:
    """Return whether a tag or a metadata entry says that a pool is to keep its nodes. Raises as `View.get` does."""
    tags = pool.get("tags") or {}
    told = [value for name, value in tags.items() if name.lower() == tag.lower()]
    told += [one.text("value") for one in pool.items("metadata") if one.text("name").lower() == tag.lower()]
    return any(str(one).lower() not in ("", "false", "no", "0") for one in told)
