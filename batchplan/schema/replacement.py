"""`replacement`: how a pool is exchanged for a new one. It is batchplan's own and never sent."""

from collections.abc import Iterator
from typing import Annotated

from batchplan.schema import task
from batchplan.schema.block import Block
from batchplan.schema.constraint import Between, Constraint, Duration, Length, choice, matching
from batchplan.schema.facts import Fact
from batchplan.schema.identity import IdentityReference
from batchplan.schema.pool_start_task import ContainerSettings, UserIdentity
from batchplan.schema.rule import Members, Problem, known


class Share(Constraint):
    """A share of the pool's size, in per cent."""

    __slots__ = ()

    def problem(self, value: str) -> str | None:
        """Read the number before the sign."""
        digits = value.removesuffix("%")
        if value.endswith("%") and digits.isdecimal() and 1 <= int(digits) <= 100:
            return None
        return f'It is "{value}"; allowed is {self.describe()}.'

    def describe(self) -> str:
        """Say the limits."""
        return '"1%" to "100%"'


class Health(Block):
    """What must be true of the candidate before work moves to it."""

    min_ready_nodes: Annotated[
        str | None,
        matching(r"\d+%?", 'a number, or a share such as "90%"'),
        Fact("How many nodes must be idle or running: a number or a share.", default="100%"),
    ] = None
    max_unusable_nodes: Annotated[int | None, Between(0), Fact(default=0)] = None
    max_start_task_failures: Annotated[int | None, Between(0), Fact(default=0)] = None
    timeout: Annotated[str | None, Duration("PT1M"), Fact("How long the gate waits.", default="PT30M")] = None
    settle: Annotated[str | None, Duration(), Fact("How long it must stay true.", default="PT0S")] = None


class SmokeTest(Block):
    """A task that must exit with 0 on the candidate."""

    command_line: Annotated[str, Length(1)]
    timeout: Annotated[str | None, Duration("PT1M"), Fact(default="PT15M")] = None
    environment_settings: Annotated[tuple[task.EnvironmentSetting, ...], task.ENVIRONMENT] = ()
    resource_files: Annotated[tuple[task.ResourceFile, ...], Fact()] = ()
    user_identity: UserIdentity | None = None
    container_settings: ContainerSettings | None = None


class Drain(Block):
    """How long running tasks may take to end."""

    timeout: Annotated[str | None, Duration("PT1M"), Fact(default="P1D")] = None
    on_timeout: Annotated[str | None, choice("pause", "requeue", "abort"), Fact(default="pause")] = None


class NodeLogs(Block):
    """Where the node agent's logs of the retired pool go before its nodes do."""

    container_url: Annotated[str, task.URL, Fact(sas=True)]
    identity_reference: IdentityReference | None = None


class Reboot(Block):
    """A rolling reboot after changes that nodes take up when they start."""

    batch_size: Annotated[int | None, Between(1), Fact(default=1)] = None
    timeout: Annotated[str | None, Duration("PT1M"), Fact(default="PT30M")] = None


def _plain_strategy(block: Members) -> Iterator[Problem]:
    strategy = known(block, "strategy") or "blue_green"
    if strategy.casefold() == "blue_green":
        return
    for name in ("auto_promote", "surge", "smoke_test", "retarget", "retain"):
        if known(block, name) is not None:
            yield Problem((name,), f'"{name}" belongs to the strategy "blue_green"; here it is "{strategy}".')


class Replacement(Block):
    """What happens when a change needs new nodes."""

    strategy: Annotated[str | None, choice("blue_green", "drain_and_patch", "recreate"), Fact(default="blue_green")] = (
        None
    )
    auto_promote: Annotated[bool | None, Fact("False stops before work moves.", default=True)] = None
    surge: Annotated[str | None, Share(), Fact("How much of the size the candidate starts with.", default="100%")] = (
        None
    )
    retarget: Annotated[
        str | None, choice("all", "managed"), Fact("Whether jobs that are not declared move too.", default="all")
    ] = None
    running_tasks: Annotated[
        str | None,
        choice("wait", "requeue"),
        Fact("What happens to tasks that run when their job moves.", default="wait"),
    ] = None
    retain: Annotated[
        str | None, Duration(), Fact("How long the empty retired pool is kept for a way back.", default="PT1H")
    ] = None
    max_age: Annotated[str | None, Duration("PT1H"), Fact("An older pool is replaced.")] = None
    max_node_agent_age: Annotated[str | None, Duration("PT1H"), Fact("An older node agent has the pool replaced.")] = (
        None
    )
    on_failure: Annotated[
        str | None, choice("keep", "delete"), Fact("What happens to a candidate that failed.", default="keep")
    ] = None
    health: Health | None = None
    smoke_test: SmokeTest | None = None
    drain: Drain | None = None
    node_logs: NodeLogs | None = None
    rolling_reboot: Reboot | None = None
    rules = (_plain_strategy,)
