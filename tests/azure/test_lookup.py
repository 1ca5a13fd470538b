"""Data blocks: every attribute that the schema promises is told."""

from collections.abc import Callable
from typing import Any

import pytest
from emulated_azure import Azure, account_id

from batchplan.azure.lookup import look_up
from batchplan.ports import NotFound
from batchplan.schema.data import AccountData, LocationQuotaData, PoolData, SupportedImagesData, VmSizesData

LOOKUPS = [
    pytest.param("account", AccountData, {"name": "acct", "resource_group_name": "rg"}, id="account"),
    pytest.param("pool", PoolData, {"account_id": account_id(), "name": "p"}, id="pool"),
    pytest.param("supported_images", SupportedImagesData, {"account_id": account_id()}, id="supported-images"),
    pytest.param("vm_sizes", VmSizesData, {"location": "West Europe", "family": None}, id="vm-sizes"),
    pytest.param("location_quota", LocationQuotaData, {"location": "westeurope"}, id="location-quota"),
]
SOMETIMES = {"start_task", "auto_scale", "network_configuration", "metadata", "application_packages"}
SOMETIMES |= {"mount_configuration", "display_name", "tags"}
"""What an object has only when it was given."""


@pytest.mark.parametrize(("kind", "model", "arguments"), LOOKUPS)
def test_every_attribute(run: Callable[..., None], kind: str, model: Any, arguments: dict[str, Any]) -> None:
    """A lookup tells its arguments, and all that its block promises."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        found = await look_up(azure.reader, kind, arguments)
        assert arguments.items() <= found.items()
        assert not set(model.computed) - set(found) - SOMETIMES

    run(body)


def test_images_and_sizes_are_chosen(run: Callable[..., None]) -> None:
    """Images are chosen by operating system, sizes by family; sizes tell their cores."""

    async def body(azure: Azure) -> None:
        await azure.account()
        linux = await look_up(azure.reader, "supported_images", {"account_id": account_id(), "os_type": "linux"})
        assert {image["os_type"] for image in linux["images"]} == {"linux"}
        every = await look_up(azure.reader, "vm_sizes", {"location": "westeurope"})
        family = every["sizes"][0]["family_name"]
        chosen = await look_up(azure.reader, "vm_sizes", {"location": "westeurope", "family": family})
        assert {size["family_name"] for size in chosen["sizes"]} == {family}
        assert 0 < len(chosen["names"]) < len(every["names"])
        assert all(size["cores"] > 0 for size in chosen["sizes"])

    run(body)


def test_what_is_not_there(run: Callable[..., None]) -> None:
    """Looking up something that does not exist says what was looked for."""

    async def body(azure: Azure) -> None:
        await azure.account()
        with pytest.raises(NotFound, match="there is no pool"):
            await look_up(azure.reader, "pool", {"account_id": account_id(), "name": "none"})

    run(body)
