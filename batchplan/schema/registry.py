"""All kinds of resources and of data, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from batchplan.schema.account import Account
from batchplan.schema.application import Application, ApplicationPackage
from batchplan.schema.block import Block
from batchplan.schema.data import AccountData, LocationQuotaData, PoolData, SupportedImagesData, VmSizesData
from batchplan.schema.facts import Plane
from batchplan.schema.job import Job, JobSchedule
from batchplan.schema.pool import Pool
from batchplan.schema.shape import Shape, shape_of


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource, or of data that is only read."""

    name: str
    model: type[Block]
    plane: Plane = Plane.ARM
    data: bool = False

    @property
    def shape(self) -> Shape:
        """What its blocks hold."""
        return shape_of(self.model)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("account", Account),
        Kind("application", Application),
        Kind("application_package", ApplicationPackage),
        Kind("pool", Pool),
        Kind("job", Job, Plane.DATA),
        Kind("job_schedule", JobSchedule, Plane.DATA),
    )
}
"""What can be declared."""

DATA_KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("account", AccountData, data=True),
        Kind("pool", PoolData, data=True),
        Kind("supported_images", SupportedImagesData, data=True),
        Kind("vm_sizes", VmSizesData, data=True),
        Kind("location_quota", LocationQuotaData, data=True),
    )
}
"""What can be read."""
