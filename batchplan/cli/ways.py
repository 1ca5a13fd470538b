"""How a run is to go: the flags that all commands share which make a plan and do it, and where policy is asked."""

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Compact, Emulator, Parallelism, Refresh
from batchplan.cli.policy_options import AsOf, Baseline, Overrides, Plugins, PolicySet, Reasons
from batchplan.cli.policy_options import asked as policy_asked
from batchplan.cli.running import Lock, LockTimeout, seconds

if TYPE_CHECKING:
    from batchplan.ops.policy import Asked

Approve = Annotated[bool, typer.Option("--auto-approve", help="Do not ask before doing it.")]
Input = Annotated[bool, typer.Option("--input/--no-input", help="Whether it may ask.")]

POLICY_FLAGS = ("policy_set", "override", "reason", "as_of", "baseline", "plugins")
APPROVAL_FLAGS = ("auto_approve", "input")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a run is to go. `var` and `var_file` are values for the configuration; without `policy` it is not asked."""

    approve: bool
    json: bool
    refresh: bool
    parallelism: int
    compact: bool
    lock: bool
    timeout: float
    ask: bool
    emulator: bool
    var: list[str]
    var_file: list[str]
    policy: "Asked | None" = None


def _ways(
    auto_approve: Approve = False,
    json: Json = False,
    refresh: Refresh = True,
    parallelism: Parallelism = 10,
    compact_warnings: Compact = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    input: Input = True,  # noqa: A002 - Terraform's word
    emulator: Emulator = False,
    policy_set: PolicySet = None,
    override: Overrides = [],  # noqa: B006
    reason: Reasons = [],  # noqa: B006
    as_of: AsOf = None,
    baseline: Baseline = None,
    plugins: Plugins = True,
) -> Ways:
    return Ways(
        approve=auto_approve,
        json=json,
        refresh=refresh,
        parallelism=parallelism,
        compact=compact_warnings,
        lock=lock,
        timeout=seconds(lock_timeout),
        ask=input,
        emulator=emulator,
        var=var,
        var_file=var_file,
        policy=policy_asked(policy_set, override, reason, as_of, baseline, plugins=plugins),
    )


def with_ways(*without: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command, in the place of its parameter `ways`, the flags that make it, but for those named.

    A command without the flags of approval does not ask, and one without those of policy leaves it out.
    """
    flags = [one for one in inspect.signature(_ways).parameters.values() if one.name not in without]

    def made(command: Callable[..., int]) -> Callable[..., int]:
        own = [one for one in inspect.signature(command).parameters.values() if one.name != "ways"]

        @wraps(command)
        def run(**given: Any) -> int:
            ways = _ways(**{one.name: given.pop(one.name) for one in flags})
            return command(**given, ways=_left_out(ways, without))

        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *flags)]
        run.__signature__ = inspect.Signature(parameters, return_annotation=int)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": int}
        return run

    return made


def _left_out(ways: Ways, without: Collection[str]) -> Ways:
    if "auto_approve" in without:
        ways = replace(ways, approve=True, ask=False)
    return replace(ways, policy=None) if "policy_set" in without else ways
