"""Whether a backup could take over now: what it lacks, what differs, and what nobody can tell.

A function of what is declared, what is live, and facts of the regions that were gathered before. Each check has one
of four answers; what could not be looked at is unknown, and unknown is never good.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote, RemoteKey
from batchplan.plan.change import Document
from batchplan.plan.desired import DesiredObject
from batchplan.plan.diff import Sides, differences
from batchplan.plan.observation import Observation, Quotas, live_of
from batchplan.plan.regions import PRIMARY, SCALE, RegionalPool
from batchplan.schema import sizes
from batchplan.schema.document import leaves, path_text, reveal


class Verdict(StrEnum):
    """What a check found. `WEAK`: it would work, and depends on the region that it is to stand in for."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, what was found, and one sentence about it.

    coming: the next apply mends it. missing: ids of applications and packages that are not there, in lower case.
    """

    name: str
    verdict: Verdict
    detail: str
    coming: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parity:
    """What is known of one backup. `nodes` are those it has, `full` those it would need."""

    pool: Address
    key: str
    location: str
    checks: tuple[Check, ...]
    nodes: int = 0
    full: int = 0

    @property
    def verdict(self) -> Verdict:
        """The worst of the checks; unknown is worse than weak, and better than bad."""
        order = (Verdict.BAD, Verdict.UNKNOWN, Verdict.WEAK)
        return next((one for one in order if any(check.verdict is one for check in self.checks)), Verdict.GOOD)


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """What was gathered of one account: None where it could not be had.

    images: agent, publisher, offer and sku, in lower case. sizes: names in lower case. packages: ids of applications and
    packages, in lower case, that are there though nothing declares them.
    """

    answers: bool = True
    images: frozenset[tuple[str, str, str, str]] | None = None
    sizes: frozenset[str] | None = None
    quotas: Quotas | None = None
    packages: frozenset[str] = frozenset()


def parity(
    groups: Iterable[RegionalPool],
    desired: Iterable[DesiredObject],
    observed: Mapping[Remote, Observation | None],
    facts: Mapping[str, RegionFacts],
    key: str,
) -> tuple[Parity, ...]:
    """Return what is known of every region in which a pool stands and is not active, in order.

    `facts` are by account id in lower case; `key` is that of the keyed hashes.
    """
    wanted = {one.address: one for one in desired}
    live = live_of(observed)
    taken = _taken(live)
    return tuple(
        _Sight(group, other, wanted, live, facts, key, taken).parity()
        for group in groups
        for other in group.pools
        if other != group.active and group.pools[other] in wanted
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """The cores that a pool is to have, and their family."""

    pool: RemoteKey
    family: str
    dedicated: int
    spot: int


def _taken(live: Mapping[RemoteKey, Observation]) -> dict[str, list[_Taken]]:
    """Return the cores of all pools whose size is known, by their accounts, in lower case."""
    found: dict[str, list[_Taken]] = {}
    for seen in live.values():
        size = sizes.size(str(seen.document.get("vm_size"))) if seen.remote.kind == "pool" else None
        if size is not None:
            dedicated, spot = (
                int(seen.facts.get(name) or 0) * size.cores
                for name in ("target_dedicated_nodes", "target_low_priority_nodes")
            )
            found.setdefault(seen.remote.account_id.lower(), []).append(
                _Taken(seen.remote.key, size.family, dedicated, spot)
            )
    return found


@dataclass(frozen=True, slots=True)
class _Sight:
    group: RegionalPool
    key: str
    wanted: Mapping[Address, DesiredObject]
    live: Mapping[RemoteKey, Observation]
    facts: Mapping[str, RegionFacts]
    hashes: str
    taken: "Mapping[str, Sequence[_Taken]]"
    empty: RegionFacts = field(default_factory=RegionFacts)

    def parity(self) -> Parity:
        """Make all checks."""
        if not self.here.answers:
            checks: tuple[Check, ...] = (Check("region", Verdict.BAD, "it does not answer"),)
        else:
            checks = tuple(
                one
                for found in (
                    self._specification(),
                    self._packages(),
                    self._image(),
                    self._size(),
                    self._quota(),
                    self._schedules(),
                    self._references(),
                    self._account(),
                )
                for one in found
            )
        location = str(self._account_document(self.key).get("location", "")).replace(" ", "").lower()
        facts = self.found.facts if self.found is not None else {}
        nodes = int(facts.get("current_dedicated_nodes") or 0) + int(facts.get("current_low_priority_nodes") or 0)
        return Parity(self.group.pool, self.key, location, checks, nodes, sum(self._full()))

    @property
    def pool(self) -> DesiredObject:
        """The backup as it is wanted."""
        return self.wanted[self.group.pools[self.key]]

    @property
    def active(self) -> DesiredObject:
        """The pool that does the work."""
        return self.wanted[self.group.pools[self.group.active]]

    @property
    def found(self) -> Observation | None:
        """The backup as it is."""
        return self.live.get(self.pool.remote.key)

    @property
    def here(self) -> RegionFacts:
        """What was gathered of its account."""
        return self.facts.get(self.group.accounts[self.key].lower(), self.empty)

    def _full(self) -> tuple[int, int]:
        """Return the nodes that the work needs: dedicated and spot. An autoscaled pool says what it has now."""
        fixed: Any = self.active.document.get("fixed_scale")
        if fixed:
            return int(fixed.get("target_dedicated_nodes") or 0), int(fixed.get("target_low_priority_nodes") or 0)
        found = self.live.get(self.active.remote.key)
        facts = found.facts if found is not None else {}
        return int(facts.get("target_dedicated_nodes") or 0), int(facts.get("target_low_priority_nodes") or 0)

    def _specification(self) -> Iterator[Check]:
        if self.found is None:
            yield Check("specification", Verdict.BAD, "the pool is not there; apply makes it", coming=True)
            return
        sides = Sides(self.pool.document, None, self.found.document, self.hashes, ignore=self.pool.ignore_changes)
        paths = [path_text(one.path) for one in differences("pool", sides) if one.path[0] not in SCALE]
        if paths:
            told = f"differs beyond its overrides: {', '.join(paths[:5])}"
            yield Check("specification", Verdict.BAD, told, coming=True)
        else:
            yield Check("specification", Verdict.GOOD, "equal but for its overrides")

    def _packages(self) -> Iterator[Check]:
        wanted = list(_packages_of(self.pool))
        if not wanted:
            return
        missing = [one for one in wanted if not self._is_there(one)]
        if missing:
            told = f"not there, or not active: {', '.join(map(str, missing))}"
            made = {one.remote.key for one in self.wanted.values()}
            coming = all(one.key in made for one in missing)
            ids = tuple(one.id.lower() for one in missing)
            yield Check("packages", Verdict.BAD, told, coming, ids)
        else:
            yield Check("packages", Verdict.GOOD, f"{len(wanted)} there")

    def _is_there(self, remote: Remote) -> bool:
        found = self.live.get(remote.key)
        if found is None:
            return remote.id.lower() in self.here.packages
        state = str(found.facts.get("state") or "active").lower()
        return remote.kind == "application" or state == "active"

    def _image(self) -> Iterator[Check]:
        image: Any = self.pool.document.get("image_reference") or {}
        if not image.get("publisher"):
            yield Check("image", Verdict.UNKNOWN, "an image of your own: see that it is replicated to the region")
        elif self.here.images is None:
            yield Check("image", Verdict.UNKNOWN, "the account did not tell which images it has")
        else:
            agent = self.pool.document.get("node_agent_sku_id")
            parts = (agent, image.get("publisher"), image.get("offer"), image.get("sku"))
            name = " ".join(str(reveal(one)) for one in parts[1:])
            there = tuple(str(reveal(one)).lower() for one in parts) in self.here.images
            yield Check("image", *((Verdict.GOOD, name) if there else (Verdict.BAD, f"{name} is not offered there")))

    def _size(self) -> Iterator[Check]:
        name = str(reveal(self.pool.document.get("vm_size")))
        if self.here.sizes is None:
            yield Check("vm_size", Verdict.UNKNOWN, "the region did not tell which sizes it has")
        elif name.lower() in self.here.sizes:
            yield Check("vm_size", Verdict.GOOD, name)
        else:
            yield Check("vm_size", Verdict.BAD, f"{name} is not offered there; give the backup another one")

    def _quota(self) -> Iterator[Check]:
        quotas, size = self.here.quotas, sizes.size(str(reveal(self.pool.document.get("vm_size"))))
        if quotas is None or size is None:
            why = "the account did not tell its quotas" if quotas is None else "how many cores a node has is not known"
            yield Check("quota", Verdict.UNKNOWN, why)
            return
        dedicated, spot = (count * size.cores for count in self._full())
        limits = [
            ("cores", dedicated, quotas.dedicated_cores, self._used(None)),
            ("spot cores", spot, quotas.low_priority_cores, self._used(None, spot=True)),
        ]
        if quotas.by_family_enforced and size.family:
            by_family = {name.lower(): count for name, count in quotas.cores_by_family.items()}
            limits.append(
                (f"cores of {size.family}", dedicated, by_family.get(size.family.lower(), 0), self._used(size.family))
            )
        short = [one for one in limits if one[2] is not None and one[1] > one[2] - one[3]]
        for name, needed, limit, used in short:
            yield Check("quota", Verdict.BAD, f"{needed} {name} needed, {used} of {limit} used by other pools there")
        if not short:
            least = min((limit for _, _, limit, _ in limits if limit is not None), default=None)
            told = f"{dedicated} cores needed" + (f", quota {least}" if least is not None else "")
            yield Check("quota", Verdict.GOOD, told)

    def _used(self, family: str | None, *, spot: bool = False) -> int:
        """Return the cores that other pools of the account are to have, as far as batchplan knows them."""
        others = (
            one for one in self.taken.get(self.pool.remote.account_id.lower(), ()) if one.pool != self.pool.remote.key
        )
        return sum(
            one.spot if spot else one.dedicated
            for one in others
            if family is None or one.family.lower() == family.lower()
        )

    def _schedules(self) -> Iterator[Check]:
        listed = [by_key[self.key] for by_key in self.group.schedules.values() if self.key in by_key]
        if not listed:
            return
        states = {}
        for one in listed:
            found = self.live.get(self.wanted[one].remote.key)
            states[one] = str(found.facts.get("state", "")).lower() if found is not None else "missing"
        wrong = [f"{one.name} is {state}" for one, state in states.items() if state != "disabled"]
        if wrong:
            yield Check("schedules", Verdict.BAD, ", ".join(wrong), coming=True)
        else:
            yield Check("schedules", Verdict.GOOD, f"{len(listed)} stand ready, disabled")

    def _references(self) -> Iterator[Check]:
        """Look for what belongs to the region that the backup is to stand in for."""
        other = self.group.pools[PRIMARY if self.key != PRIMARY else self.group.active]
        theirs = {value.lower(): path for path, value in _places(self.wanted[other].document)}
        shared = [(path, value) for path, value in _places(self.pool.document) if value.lower() in theirs]
        network = [path for path, _ in shared if path[0] == "network_configuration"]
        if network:
            names = ", ".join(path_text(one) for one in network)
            yield Check("network", Verdict.BAD, f"{names} is that of the other region; a subnet serves its region only")
        rest = [path_text(path) for path, _ in shared if path[0] != "network_configuration"]
        if rest:
            yield Check("references", Verdict.WEAK, f"the same as in the other region: {', '.join(rest[:5])}")

    def _account(self) -> Iterator[Check]:
        mine, theirs = self._account_document(self.key), self._account_document(self.group.active)
        if not mine or not theirs:
            return
        stores = [
            str(((one.get("auto_storage") or {}).get("storage_account_id")) or "").lower() for one in (mine, theirs)
        ]
        if stores[1] and not stores[0]:
            declared = self._declared_account(self.key)
            coming = bool((declared.get("auto_storage") or {}).get("storage_account_id"))
            yield Check("auto_storage", Verdict.BAD, "the account has none, and the active one has", coming)
        elif stores[0] and stores[0] == stores[1]:
            yield Check("auto_storage", Verdict.WEAK, "the storage account of the other region, which goes with it")
        for name in ("pool_allocation_mode", "public_network_access"):
            if name in theirs and mine.get(name, theirs[name]) != theirs[name]:
                yield Check(
                    "account", Verdict.WEAK, f"{name} is {mine.get(name)}, and {theirs[name]} where it is active"
                )
        sources = [str((one.get("encryption") or {}).get("key_source") or "").lower() for one in (mine, theirs)]
        if sources[0] != sources[1] and any(sources):
            yield Check("encryption", Verdict.WEAK, "the keys come from elsewhere than in the active account")

    def _account_document(self, key: str) -> Document:
        account = self.group.accounts[key]
        found = self.live.get(Remote("account", account, account.rpartition("/")[2]).key)
        return found.document if found is not None else self._declared_account(key)

    def _declared_account(self, key: str) -> Document:
        account = self.group.accounts[key]
        declared = (one for one in self.wanted.values() if one.kind == "account")
        return next((one.document for one in declared if one.remote.account_id.lower() == account.lower()), {})


def _packages_of(pool: DesiredObject) -> Iterator[Remote]:
    """Yield the applications and packages that a pool asks for."""
    for one in pool.document.get("application_packages") or ():
        application = str(reveal(one.get("id")))
        account, _, name = application.rpartition("/applications/")
        version = reveal(one.get("version"))
        if account and isinstance(version, str):
            yield Remote("application_package", account, name, version)
        elif account:
            yield Remote("application", account, name)


def undeclared_packages(
    groups: Iterable[RegionalPool], desired: Iterable[DesiredObject], known: Iterable[Remote]
) -> tuple[Remote, ...]:
    """Return what backups ask for and nothing declares: whether it is there has to be looked up."""
    wanted = {one.address: one for one in desired}
    seen = {one.key for one in known}
    pools = (wanted[one] for group in groups for one in group.pools.values() if one in wanted)
    return tuple(one for pool in pools for one in _packages_of(pool) if one.key not in seen)


_REGIONAL = (".blob.core.", ".file.core.", ".dfs.core.", ".azurecr.io", ".vault.azure.net")


def _places(document: Document) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what in a document names a thing that is in one region: ids of resources, and addresses of services."""
    for path, value in leaves(document):
        text = reveal(value)
        if path[0] in ("application_packages", "account_id") or not isinstance(text, str):
            continue
        if text.lower().startswith("/subscriptions/") or any(part in text.lower() for part in _REGIONAL):
            yield path, text
