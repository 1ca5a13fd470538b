"""What a formula that the service accepts does wrong: one function a rule, grouped by theme."""

from batchplan.autoscale.lints.conditions import CONDITIONS
from batchplan.autoscale.lints.context import Context, Lint
from batchplan.autoscale.lints.naming import NAMING
from batchplan.autoscale.lints.sampling import SAMPLING
from batchplan.autoscale.lints.targets import TARGETS

LINTS: tuple[Lint, ...] = (*NAMING, *SAMPLING, *CONDITIONS, *TARGETS)

__all__ = ["LINTS", "Context", "Lint"]
