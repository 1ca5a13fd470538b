"""The objects that backups stand for: pools in other accounts, and what runs and lies there for them.

A `backup` block of a pool is a pool of its own, at `pool.render.backup["north"]`. The job schedules that make jobs on
the pool stand in the backup's account too (`job_schedule.nightly.backup["north"]`), and so do the applications and
packages that the nodes or the schedules' tasks ask for (`application.tool.backup["north"]`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from batchplan.core.address import BACKUP, Address
from batchplan.core.codes import ACTIVE_BACKUP_REMOVED, BACKUP_KEY_TAKEN, BACKUP_MISPLACED, UNKNOWN_AT_PLAN
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote, RemoteKey
from batchplan.core.source import Range
from batchplan.plan.change import Document, Path
from batchplan.plan.desired import DesiredObject
from batchplan.plan.regions import PRIMARY, RegionalPool, with_roles
from batchplan.schema.backup import merged
from batchplan.schema.document import UNKNOWN, leaves, reveal
from batchplan.schema.schedule_backup import merged_schedule
from batchplan.state.model import StateDocument

_OF_A_REGION = frozenset({"account", "pool", "application", "application_package"})
"""Kinds that an object of one region does not need when they are in another."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """All that is wanted, with what backups stand for, and which objects belong together."""

    objects: tuple[DesiredObject, ...]
    regional: tuple[RegionalPool, ...] = ()


def expanded(
    declared: Sequence[DesiredObject],
    pool_ids: Mapping[str, str],
    state: StateDocument,
    diagnostics: Diagnostics,
) -> Expanded:
    """Return what is wanted with the objects that backups stand for, and roles as the state's active regions say.

    Report a backup in the pool's own account, a key that stands for two accounts, and a backup that is no longer
    declared though its region is active.
    """
    if not any(one.kind == "pool" and one.document.get("backup") for one in declared):
        _report_lost(declared, {}, state, diagnostics)
        return Expanded(tuple(declared))
    work = _Expansion(declared, pool_ids, diagnostics)
    regional = work.run()
    _report_lost(declared, {one.pool: one for one in regional}, state, diagnostics)
    regional = tuple(_with_active(one, state) for one in regional)
    return Expanded(with_roles(tuple(work.objects.values()), regional), regional)


def _with_active(group: RegionalPool, state: StateDocument) -> RegionalPool:
    known = state.active_regions.get(str(group.pool))
    if known is None or known.key not in group.pools:
        return group
    return replace(group, active=known.key, keep_primary=known.keep_primary)


def _report_lost(
    declared: Sequence[DesiredObject],
    groups: Mapping[Address, RegionalPool],
    state: StateDocument,
    diagnostics: Diagnostics,
) -> None:
    by_name = {str(one.address): one for one in declared if one.kind == "pool"}
    for name, active in state.active_regions.items():
        pool = by_name.get(name)
        group = groups.get(pool.address) if pool is not None else None
        if pool is None or active.key == PRIMARY or (group is not None and active.key in group.pools):
            continue
        detail = (
            f'{name} is active in its backup "{active.key}" since {active.since:%Y-%m-%d %H:%M} UTC, and that backup is no '
            f"longer declared. Put it back, or first return: batchplan failback {name}"
        )
        diagnostics.error(ACTIVE_BACKUP_REMOVED, detail, pool.at)


@dataclass(slots=True)
class _Expansion:
    declared: Sequence[DesiredObject]
    pool_ids: Mapping[str, str]
    diagnostics: Diagnostics
    objects: dict[Address, DesiredObject] = field(default_factory=dict)
    by_key: dict[RemoteKey, DesiredObject] = field(default_factory=dict)
    schedules_on: dict[tuple[str, str], list[DesiredObject]] = field(default_factory=dict)
    packages_of: dict[str, list[DesiredObject]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.objects = {one.address: one for one in self.declared}
        self.by_key = {one.remote.key: one for one in self.declared}
        for one in self.declared:
            if one.kind == "job_schedule":
                pool = _pool_id(one.document)
                self.schedules_on.setdefault((one.remote.account_id.lower(), pool), []).append(one)
            elif one.kind == "application_package":
                application = Remote("application", one.remote.account_id, one.remote.name)
                self.packages_of.setdefault(application.id.lower(), []).append(one)

    def run(self) -> tuple[RegionalPool, ...]:
        """Add the objects of every backup and return the groups, in the order of their pools."""
        made = []
        for pool in self.declared:
            backups = pool.document.get("backup") if pool.kind == "pool" else None
            if isinstance(backups, Mapping) and backups:
                made.append(self._group(pool, backups))
        for one in [one for one in self.objects.values() if one.kind == "job_schedule" and "backup" in one.document]:
            self.objects[one.address] = replace(one, document=_without_backup(one.document), declared=one.document)
        return tuple(made)

    def _group(self, pool: DesiredObject, backups: Mapping[str, Any]) -> RegionalPool:
        own = _without_backup(pool.document)
        needs = self._needs_in(pool, own, pool.remote.account_id)
        self.objects[pool.address] = replace(pool, document=own, needs=needs, declared=pool.document)
        listed = self.schedules_on.get((pool.remote.account_id.lower(), pool.remote.name.lower()), [])
        schedules: dict[Address, dict[str, Address]] = {one.address: {PRIMARY: one.address} for one in listed}
        pools = {PRIMARY: pool.address}
        accounts = {PRIMARY: pool.remote.account_id}
        for key, overrides in backups.items():
            account = self._account(pool, key, overrides)
            if account is None:
                continue
            backup = self._pool(pool, key, overrides, account)
            pools[key], accounts[key] = backup.address, account
            for schedule in listed:
                schedules[schedule.address][key] = self._schedule(schedule, key, backup)
        return RegionalPool(pool.address, pools, accounts, schedules)

    def _account(self, pool: DesiredObject, key: str, overrides: Mapping[str, Any]) -> str | None:
        account = reveal(overrides.get("account_id"))
        at = pool.locate(("backup", key, "account_id")) if pool.locate is not None else pool.at
        if account is UNKNOWN:
            detail = '"account_id" is a part of the name in Azure, so it must be known when planning.'
            self.diagnostics.error(UNKNOWN_AT_PLAN, detail, at)
            return None
        if str(account).lower() == pool.remote.account_id.lower():
            detail = (
                f'The backup "{key}" of {pool.address} is in the account of the pool itself, which fails with it. '
                "Name an account in another region."
            )
            self.diagnostics.error(BACKUP_MISPLACED, detail, at)
            return None
        return str(account)

    def _pool(self, pool: DesiredObject, key: str, overrides: Mapping[str, Any], account: str) -> DesiredObject:
        address = pool.address.part(BACKUP, key)
        document = merged(pool.document, overrides)
        for name in ("name", "replacement"):
            if name in pool.document:
                document[name] = pool.document[name]
        needs: list[Address] = []
        if "application_packages" not in overrides and isinstance(document.get("application_packages"), list):
            document["application_packages"] = [
                self._package(one, pool, key, account, needs) for one in document["application_packages"]
            ]
        remote = Remote("pool", account, self.pool_ids.get(str(address), str(reveal(document.get("name")))))
        kept = self._needs_in(pool, document, account)
        made = replace(
            pool,
            address=address,
            remote=remote,
            document=document,
            locate=_within(pool.locate, key, overrides),
            needs=tuple(dict.fromkeys((*kept, *needs))),
        )
        return self._keep(made)

    def _package(
        self, reference: Mapping[str, Any], pool: DesiredObject, key: str, account: str, needs: list[Address]
    ) -> dict[str, Any]:
        """Return a pool's reference to a package as it is in a backup's account, and have the package made there."""
        wanted, version = reveal(reference.get("id")), reveal(reference.get("version"))
        if not isinstance(wanted, str) or not wanted.lower().startswith(f"{pool.remote.account_id.lower()}/"):
            return dict(reference)
        name = wanted.rpartition("/")[2]
        needs.extend(self._application(pool.remote.account_id, name, version, key, account))
        return {**reference, "id": Remote("application", account, name).id}

    def _application(self, home: str, name: str, version: Any, key: str, account: str) -> Iterator[Address]:
        """Yield what is needed of an application in a backup's account: it, and its packages of a version or all."""
        original = self.by_key.get(Remote("application", home, name).key)
        if original is None:
            return  # it is not declared, so its source is not known; parity says whether it is there
        target = Remote("application", account, original.remote.name)
        document = {**original.document, "account_id": account}
        mirrored = self._mirror(original, key, target, document, self._home(account))
        yield mirrored
        for package in self.packages_of.get(original.remote.id.lower(), []):
            if version is None or str(version).lower() == package.remote.version.lower():
                there = Remote("application_package", account, package.remote.name, package.remote.version)
                document = {**package.document, "application_id": target.id}
                yield self._mirror(package, key, there, document, (mirrored,))

    def _mirror(
        self, original: DesiredObject, key: str, remote: Remote, document: Document, needs: tuple[Address, ...]
    ) -> Address:
        """Return the address of an object in a backup's account: one that is declared there, or a mirror of another."""
        declared = self.by_key.get(remote.key)
        if declared is not None:
            return declared.address
        address = original.address.part(BACKUP, key)
        other = self.objects.get(address)
        if other is not None and other.remote.key != remote.key:
            detail = (
                f'"{key}" names backups in {other.remote.account_id.rpartition("/")[2]} and in '
                f"{remote.account_id.rpartition('/')[2]}, and {original.address} is needed in both. "
                "Give the backups in one account one name, and another to those in another."
            )
            self.diagnostics.error(BACKUP_KEY_TAKEN, detail, original.at)
            return address
        return self._keep(replace(original, address=address, remote=remote, document=document, needs=needs)).address

    def _schedule(self, schedule: DesiredObject, key: str, backup: DesiredObject) -> Address:
        account = backup.remote.account_id
        overrides = (schedule.document.get("backup") or {}).get(key) or {}
        document = merged_schedule(schedule.document, overrides)
        specification = {**document["job_specification"], "pool_info": {"pool_id": backup.remote.name}}
        document |= {"account_id": account, "job_specification": specification}
        needs = [schedule.address, backup.address, *self._home(account)]
        for reference in (specification.get("job_manager_task") or {}).get("application_package_references") or ():
            name = str(reveal(reference.get("application_id"))).rpartition("/")[2]
            version = reveal(reference.get("version"))
            needs.extend(self._application(schedule.remote.account_id, name, version, key, account))
        kept = [one for one in schedule.needs if one.kind not in _OF_A_REGION]
        own_hours = "schedule" in overrides
        if not own_hours:
            document["schedule"] = _hours(document)
        made = replace(
            schedule,
            address=schedule.address.part(BACKUP, key),
            remote=Remote("job_schedule", account, schedule.remote.name),
            document=document,
            locate=_within(schedule.locate, key, overrides),
            needs=tuple(dict.fromkeys((*kept, *needs))),
            hours_of=None if own_hours else schedule.address,
        )
        return self._keep(made).address

    def _keep(self, made: DesiredObject) -> DesiredObject:
        other = self.by_key.get(made.remote.key)
        if other is not None and other.address != made.address:
            detail = (
                f"{made.address} and {other.address} both stand for {made.remote.id}. A schedule of a pool with backups "
                "is made in their accounts by itself; give the other one another name, or remove it."
            )
            self.diagnostics.error(BACKUP_MISPLACED, detail, made.at)
        self.objects[made.address] = made
        self.by_key[made.remote.key] = made
        return made

    def _home(self, account: str) -> tuple[Address, ...]:
        """Return the declared account of an id, where it is one of this configuration."""
        found = self.by_key.get(Remote("account", account, account.rpartition("/")[2]).key)
        return (found.address,) if found is not None else ()

    def _needs_in(self, pool: DesiredObject, document: Document, account: str) -> tuple[Address, ...]:
        """Return what a pool of one region needs: not the accounts, pools and packages of the others."""
        values = {value.lower() for _, value in leaves(document) if isinstance(value, str)}
        kept = [
            one for one in pool.needs if one.kind not in _OF_A_REGION or self._is_meant(one, account.lower(), values)
        ]
        return tuple(dict.fromkeys((*kept, *self._home(account))))

    def _is_meant(self, need: Address, account: str, values: set[str]) -> bool:
        found = self.objects.get(need)
        if found is None:
            return False
        return found.remote.account_id.lower() == account or found.remote.id.lower() in values


def _hours(document: Document) -> dict[str, Any]:
    """Return a schedule's times without its beginning, which follows the next run of the original."""
    return {name: value for name, value in document["schedule"].items() if name != "do_not_run_until"}


def _pool_id(schedule: Document) -> str:
    info: Any = (schedule.get("job_specification") or {}).get("pool_info") or {}
    return str(reveal(info.get("pool_id"))).lower()


def _without_backup(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "backup"}


def _within(
    locate: Callable[[Path], Range] | None, key: str, overrides: Mapping[str, Any]
) -> Callable[[Path], Range] | None:
    """Return what tells where a part of a backup is written: in its block, or where it comes from."""
    if locate is None:
        return None
    found = locate

    def within(path: Path) -> Range:
        inside = bool(path) and path[0] in overrides
        return found(("backup", key, *path)) if inside else found(path)

    return within


def as_declared(desired: Iterable[DesiredObject]) -> tuple[DesiredObject, ...]:
    """Return what is wanted as it is written: a pool with its backups inside, and nothing that they stand for."""
    return tuple(
        replace(one, document=one.declared) if one.declared is not None else one
        for one in desired
        if not is_backup(one.address)
    )


def is_backup(address: Address) -> bool:
    """Return whether an object is one that a backup stands for."""
    return any(part.word == BACKUP for part in address.parts)
