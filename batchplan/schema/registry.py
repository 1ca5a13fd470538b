"""All kinds of resources and of data, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from batchplan.schema.account import Account
from batchplan.schema.block import Block
from batchplan.schema.facts import Plane
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


def _table(*kinds: Kind) -> Mapping[str, Kind]:
    return {kind.name: kind for kind in kinds}


KINDS = _table(
    Kind("account", Account),
    Kind("pool", Pool),
)
"""What can be declared."""

DATA_KINDS: Mapping[str, Kind] = _table()
"""What can be read."""
