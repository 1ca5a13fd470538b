"""Settings of a replacement that plans do not act on. A person who writes one is told, as it would change what happens."""

from collections.abc import Iterable
from typing import Any

from batchplan.core.codes import WITHOUT_EFFECT
from batchplan.core.diagnostics import Diagnostics
from batchplan.plan.desired import DesiredObject

PENDING = (
    ("auto_promote",),
    ("surge",),
    ("retarget",),
    ("retain",),
    ("max_age",),
    ("max_node_agent_age",),
    ("on_failure",),
    ("smoke_test",),
    ("node_logs",),
    ("rolling_reboot",),
    ("health", "max_unusable_nodes"),
    ("health", "max_start_task_failures"),
    ("health", "settle"),
    ("drain", "on_timeout"),
)
"""Members of `replacement` that no strategy reads."""


def warn_of_pending(desired: Iterable[DesiredObject], diagnostics: Diagnostics) -> None:
    """Warn of each setting of a replacement that is given and that no plan acts on."""
    for one in desired:
        block: Any = one.document.get("replacement")
        if not isinstance(block, dict):
            continue
        for path in PENDING:
            if _at(block, path) is not None:
                where = one.locate(("replacement", *path)) if one.locate else one.at
                name = ".".join(("replacement", *path))
                text = f"{one.address}: {name} is kept and has no effect: this version replaces pools without it."
                diagnostics.warning(WITHOUT_EFFECT, text, where)


def _at(block: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        block = block.get(name) if isinstance(block, dict) else None
    return block
