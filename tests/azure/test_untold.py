"""Specifications that cannot be sent back as they were read."""

from typing import Any

import pytest

from batchplan.azure.untold import signs_in_with_password

SERVER = {"registryServer": "acme.azurecr.io"}
TASKS = [
    pytest.param({"containerSettings": {"registry": {**SERVER, "username": "acme"}}}, True, id="a-password"),
    pytest.param({"containerSettings": {"registry": SERVER}}, False, id="open-to-all"),
    pytest.param(
        {"containerSettings": {"registry": {**SERVER, "identityReference": {"resourceId": "/i"}}}},
        False,
        id="an-identity",
    ),
    pytest.param({"userIdentity": {"username": "render"}}, False, id="a-user-of-the-pool"),
]


@pytest.mark.parametrize(("task", "expected"), TASKS)
@pytest.mark.parametrize("name", ["jobManagerTask", "jobPreparationTask", "jobReleaseTask"])
def test_passwords_of_registries(name: str, task: dict[str, Any], expected: bool) -> None:
    """Only a registry that is signed in to by name has a password that is not told; a task's user has none."""
    assert signs_in_with_password({"poolInfo": {"poolId": "p"}, name: {"id": "t", **task}}) is expected


def test_registries_of_pools() -> None:
    """The pool that a schedule makes for its jobs may have registries, too."""
    pool = {"virtualMachineConfiguration": {"containerConfiguration": {"containerRegistries": [{"username": "acme"}]}}}
    assert signs_in_with_password({"poolInfo": {"autoPoolSpecification": {"pool": pool}}})
