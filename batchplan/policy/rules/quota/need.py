"""How much of its quotas an account is to use."""

from collections.abc import Iterator
from dataclasses import dataclass

from batchplan.plan.observation import Quotas
from batchplan.policy.accounts import pools
from batchplan.policy.capacity import Cores, Span, cores, together
from batchplan.policy.model import Inapplicable, NotLooked
from batchplan.policy.scope import Scope


@dataclass(frozen=True, slots=True)
class Shared:
    """Cores that pools share: what they are called, what each pool can come to, and how many there may be."""

    what: str
    parts: tuple[Span, ...]
    quota: int

    @property
    def need(self) -> Span:
        """What all pools together can come to."""
        return together(self.parts)

    @property
    def pools(self) -> int:
        """How many pools can have some."""
        return sum(1 for one in self.parts if one.high != 0)


def needed(see: Scope, account_id: str) -> tuple[Cores, ...]:
    """Return the cores of each pool and backup that an account is to have; without any a rule does not apply."""
    found = tuple(cores(pool) for _, pool in pools(see, account_id))
    if not found:
        raise Inapplicable("there are no pools")
    return found


def dedicated(found: tuple[Cores, ...], quotas: Quotas) -> Shared:
    """Return the dedicated cores of all families together."""
    if quotas.dedicated_cores is None:
        raise Inapplicable("Batch does not limit its cores; the subscription does")
    return Shared("dedicated cores", tuple(one.dedicated for one in found), quotas.dedicated_cores)


def spot(found: tuple[Cores, ...], quotas: Quotas) -> Shared:
    """Return the Spot and low-priority cores, which are one number for all families."""
    if quotas.low_priority_cores is None:
        raise Inapplicable("Batch does not limit its cores; the subscription does")
    return Shared("Spot or low-priority cores", tuple(one.spot for one in found), quotas.low_priority_cores)


def families(found: tuple[Cores, ...], quotas: Quotas) -> Iterator[Shared]:
    """Yield the dedicated cores of each family that is used. A family that the account does not name comes last."""
    if quotas.dedicated_cores is None or not quotas.by_family_enforced:
        raise Inapplicable("its families have no quotas of their own")
    known = {name.lower(): (name, quota) for name, quota in quotas.cores_by_family.items()}
    used: dict[str, list[Span]] = {}
    for one in found:
        if one.dedicated.high != 0:
            used.setdefault(one.family.lower(), []).append(one.dedicated)
    for family in sorted(used, key=lambda name: name not in known):
        if family not in known:
            sizes = sorted({one.size for one in found if one.family.lower() == family})
            raise NotLooked(f"the account names no quota for the family of {', '.join(sizes)}")
        name, quota = known[family]
        yield Shared(f"dedicated cores of {name}", tuple(used[family]), quota)
