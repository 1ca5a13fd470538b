"""What a command asks of a plan."""

from dataclasses import dataclass

from batchplan.core.address import Address, ModulePath
from batchplan.plan.rolling import Verb
from batchplan.schema.facts import Plane


@dataclass(frozen=True, slots=True)
class Options:
    """What a command asks for. An address without a key means all its instances; a module path all that is in it.

    `verb` is what a command about rollouts asks of `pools`; nothing else is planned then.
    """

    targets: tuple[Address | ModulePath, ...] = ()
    excludes: tuple[Address | ModulePath, ...] = ()
    replace: tuple[Address, ...] = ()
    destroy: bool = False
    refresh_only: bool = False
    silent: frozenset[tuple[str, Plane]] = frozenset()
    """Planes of accounts, by ids in lower case, that do not answer: what they tell of is left as it is."""
    verb: Verb = ""
    pools: tuple[Address, ...] = ()
