"""How the operating system of nodes that exist is upgraded."""

from collections.abc import Iterator
from typing import Annotated

from batchplan.schema.block import Block
from batchplan.schema.constraint import Between, Duration, choice
from batchplan.schema.facts import Fact
from batchplan.schema.rule import Members, Problem, known

_PERCENT = Between(5, 100)


class AutomaticUpgrade(Block):
    """Upgrades to each image version that appears."""

    disable_automatic_rollback: bool | None = None
    enable_automatic_os_upgrade: Annotated[bool | None, Fact(api="enableAutomaticOSUpgrade")] = None
    use_rolling_upgrade_policy: bool | None = None
    os_rolling_upgrade_deferral: Annotated[
        bool | None, Fact("Waits until no task runs on a node.", api="osRollingUpgradeDeferral")
    ] = None


def _unhealthy(policy: Members) -> Iterator[Problem]:
    batch, unhealthy = known(policy, "max_batch_instance_percent"), known(policy, "max_unhealthy_instance_percent")
    if batch is not None and unhealthy is not None and batch > unhealthy:
        text = f"It is {batch}, more than max_unhealthy_instance_percent, which is {unhealthy}."
        yield Problem(("max_batch_instance_percent",), text)


class RollingUpgrade(Block):
    """Upgrades in batches."""

    enable_cross_zone_upgrade: bool | None = None
    max_batch_instance_percent: Annotated[int | None, _PERCENT] = None
    max_unhealthy_instance_percent: Annotated[int | None, _PERCENT] = None
    max_unhealthy_upgraded_instance_percent: Annotated[int | None, Between(0, 100)] = None
    pause_time_between_batches: Annotated[str | None, Duration()] = None
    prioritize_unhealthy_instances: bool | None = None
    rollback_failed_instances_on_policy_breach: bool | None = None
    rules = (_unhealthy,)


class UpgradePolicy(Block):
    """When nodes get a new version of the image."""

    mode: Annotated[str, choice("automatic", "manual", "rolling")]
    automatic_os_upgrade_policy: Annotated[AutomaticUpgrade | None, Fact(api="automaticOSUpgradePolicy")] = None
    rolling_upgrade_policy: RollingUpgrade | None = None
