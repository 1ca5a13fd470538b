"""Whether a backup could take over: what it needs, how many cores it may use, and where its data is."""

import re
from collections.abc import Iterator

from batchplan.core.remote import Remote
from batchplan.plan.observation import Quotas
from batchplan.plan.parity import Check, Verdict
from batchplan.policy import capacity
from batchplan.policy.fate import listed
from batchplan.policy.model import Finding, Inapplicable, Level, NotLooked, Param, Phase, Severity
from batchplan.policy.network import plain_region
from batchplan.policy.region import backups_in
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.schema import sizes
from batchplan.schema.document import leaves

PERCENT = Param("percent", 100, "How much of the primary's peak the backup must be able to take, in per cent.")

_STORAGE = re.compile(r"https://([a-z0-9]{3,24})\.(?:blob|file|dfs)\.", re.IGNORECASE)


@rule(
    "BP3003",
    "Backup lacks packages",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["parity"],
)
def backup_lacks_packages(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The account of a backup does not have an application package that the pool needs.

    Why: Packages belong to one account. Nodes of the backup that cannot get one become unusable on the day of the
    fail-over.

    Instead: Declare the package for the other account, too, from the same file.

    Source: Learn, "Reliability in Azure Batch" (packages in all regions); "Azure Batch best practices", Azure region
    dependency. A package that is declared for the pool's account is made for the backup's as well; whether one that
    nothing declares is there, every plan looks up.
    """
    wanted = [(label, view, one) for label, view in pool.backups() for one in view.items("application_packages")]
    if not wanted:
        raise Inapplicable("it has no backup, or needs no packages")
    missing: dict[str, list[str]] = {}
    for label, view, one in wanted:
        name, version = one.text("id").rpartition("/")[2], one.text("version")
        if not _has_package(pool, label, see, view.text("account_id"), name, version):
            missing.setdefault(label, []).append(f"{name} {version}".strip())
    for label, names in missing.items():
        yield Finding(
            f'{pool.address}.backup["{label}"] lacks {listed(names)}.',
            f"backup.{label}.application_packages",
            actual=names,
            remediation="Declare an application_package for the pool's account, or the backup's, with its source.",
        )


def _has_package(pool: Subject, label: str, see: Scope, account_id: str, name: str, version: str) -> bool:
    """Return whether a package is declared, in the backup's account or for being made there, or lies there already."""
    homes = [account_id, *([pool.remote.account_id] if pool.remote is not None else [])]
    declared = (see.context.by_remote(_package(home, name, version)) for home in homes)
    if any(one is not None and not one.going for one in declared):
        return True
    if pool.remote is None:
        raise NotLooked("which packages are there was not looked at")
    checks = see.live.parity(pool.remote.id).get(label)
    if checks is None or any(one.name == "region" for one in checks):
        raise NotLooked(f"{label} does not tell which packages it has")
    wanted = _package(account_id, name, version).id.lower()
    return not any(wanted in one.missing for one in checks)


def _package(account_id: str, name: str, version: str) -> Remote:
    if version:
        return Remote("application_package", account_id, name, version)
    return Remote("application", account_id, name)


@rule(
    "BP3014",
    "Backup could not take over",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["parity"],
)
def backup_could_not_take_over(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A backup has something that its region does not offer, or depends on the region that it is to stand in for.

    Why: It would be found out on the day of the fail-over, when there is no time to mend it.

    Instead: Give the backup a size, an image, a subnet and storage that its own region has.

    Source: Learn, "Reliability in Azure Batch"; "Azure Batch best practices", Azure region dependency. It is what every
    plan tells below "Backups": with a cross it is an error, with an exclamation mark a warning. What the plan itself mends
    is left out, and so are packages (BP3003), cores (BP3004) and a shared storage account (BP3005).

    Exceptions: a region that shares storage on purpose, because the files are small and can be had elsewhere.
    """
    if not list(pool.backups()):
        raise Inapplicable("it has no backup")
    if pool.remote is None:
        raise NotLooked("whether its backup could take over was not looked at")
    unknown = []
    for key, checks in see.live.parity(pool.remote.id).items():
        name = f'{pool.address}.backup["{key}"]' if key else str(pool.address)
        for check in checks:
            if check.name == "region" or check.verdict is Verdict.UNKNOWN:
                unknown.append(f"{name}: {check.detail}")
            elif check.verdict is not Verdict.GOOD and not check.coming and not _asked_by_others(check):
                yield _of_check(name, key, check)
    if unknown:
        raise NotLooked("; ".join(unknown))


def _of_check(name: str, key: str, check: Check) -> Finding:
    bad = check.verdict is Verdict.BAD
    fault = "could not take over" if bad else "depends on the region it stands in for"
    return Finding(
        f"{name} {fault}: {check.name}: {check.detail}.",
        f"backup.{key}" if key else "",
        actual=check.detail,
        remediation="Say in the backup what its own region has.",
        severity=None if bad else Severity.WARNING,
    )


def _asked_by_others(check: Check) -> bool:
    return check.name in ("packages", "quota") or _shares_storage(check)


def _shares_storage(check: Check) -> bool:
    return check.name == "auto_storage" and check.verdict is Verdict.WEAK


@rule(
    "BP3004",
    "Quota of the backup is too small",
    kinds=["account"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["quotas"],
    params=[PERCENT],
)
def backup_quota_too_small(account: Subject, see: Scope) -> Iterator[Finding]:
    """The account of backups may not use as many cores as a fail-over needs.

    Why: A new account has few cores. Raising a quota takes days, and on the day when a region fails many ask for it.

    Instead: Ask for the quota now.

    Source: "Azure Batch best practices", Azure region dependency; Learn, "Reliability in Azure Batch" (quotas ahead of
    time); APRL 3464854d-6f75-4922-95e4-a2a308b53ce6. Needed are the most nodes of the pools that have a backup here, and
    of the account's own; formulas without a bound count with what they ask for at least.
    Nothing fails before a region does, so that the rule advises; `strict` makes it stop.

    Exceptions: fail-over of a part by design; say how much in the parameter `percent`.
    """
    backed = backups_in(account, see)
    if not backed:
        raise Inapplicable("no pool has a backup in it")
    assert account.remote is not None, "an account has its name from the start"
    quotas = see.live.quotas(account.remote.id)
    need = _Need()
    for pool, backup in backed:
        need.add(pool, backup, see.param(PERCENT))
    for own in see.in_account(account, "pool"):
        if not own.going:
            need.add(own, own, 100)
    names = listed(sorted({str(pool.address) for pool, _ in backed}), 3)
    for what, allowed, cores in need.over(quotas):
        yield Finding(
            f"{account.address} may use {allowed} {what}, and a fail-over of {names} needs {cores}.",
            expected=cores,
            actual=allowed,
            remediation=f"Ask for {cores} {what} in {account.text('location')}, in the portal under Quotas.",
        )


class _Need:
    """Cores that pools can come to, in all and by family."""

    def __init__(self) -> None:
        self.dedicated = 0
        self.spot = 0
        self.by_family: dict[str, int] = {}

    def add(self, counts: View, sized: View, percent: int) -> None:
        """Add a pool: as many nodes as one says, of the other's size."""
        cores = capacity.cores_per_node(sized) or 0
        nodes = capacity.nodes(counts)
        dedicated, spot = (
            -(-cores * (one.low if one.high is None else one.high) * percent // 100)
            for one in (nodes.dedicated, nodes.spot)
        )
        found = sizes.size(sized.text("vm_size"))
        if found is not None and found.family:
            self.by_family[found.family] = self.by_family.get(found.family, 0) + dedicated
        self.dedicated += dedicated
        self.spot += spot

    def over(self, quotas: Quotas) -> Iterator[tuple[str, int, int]]:
        """Yield what is over a quota: which, how much is allowed, how much is needed."""
        for what, allowed, cores in (
            ("dedicated cores", quotas.dedicated_cores, self.dedicated),
            ("low-priority cores", quotas.low_priority_cores, self.spot),
        ):
            if allowed is not None and cores > allowed:
                yield what, allowed, cores
        if quotas.by_family_enforced:
            families = {name.lower(): count for name, count in quotas.cores_by_family.items()}
            for family, cores in sorted(self.by_family.items()):
                allowed = families.get(family.lower())
                if allowed is not None and cores > allowed:
                    yield f"cores of {family}", allowed, cores


@rule(
    "BP3005",
    "Storage is in another region",
    kinds=["account"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["storage_locations", "parity"],
)
def storage_elsewhere(account: Subject, see: Scope) -> Iterator[Finding]:
    """An account, or the pools in it, use a storage account in another region.

    Why: Every file crosses regions, which takes time and is paid for. And when that region fails, so does this one.

    Instead: Have a storage account in each region, and copy what both need.

    Source: Learn, "Reliability in Azure Batch" (storage and Batch account in the same region). That an account shares its
    storage with the one that it stands in for, every plan finds out; rows of `storage_locations`, by the name of the
    storage account, say of others where they are.

    Exceptions: small files, and storage that is replicated to the region.
    """
    yield from _shared_storage(account, see)
    region = plain_region(account.text("location"))
    names = _storage_of(account, see)
    if not names:
        raise Inapplicable("it uses no storage that is known")
    for name, user in names.items():
        place = plain_region(str(see.live.row("storage_locations", name)))
        if place != region:
            yield Finding(
                f"{account.address} is in {region}, and {user} uses the storage account {name} in {place}.",
                expected=region,
                actual=place,
                remediation=f"Use a storage account in {region}.",
            )


def _shared_storage(account: Subject, see: Scope) -> Iterator[Finding]:
    """Yield a finding when a pool has a backup in an account whose storage is that of the pool's own account."""
    if "parity" not in see.live.datasets:
        return
    for pool, backup in backups_in(account, see):
        checks = see.live.parity(pool.remote.id).get(str(backup.at[-1]), ()) if pool.remote is not None else ()
        if any(map(_shares_storage, checks)):
            yield Finding(
                f"{account.address} has the storage account of the region that it stands in for ({pool.address}).",
                "auto_storage.storage_account_id",
                remediation="Use a storage account in its own region.",
            )
            return


def _storage_of(account: Subject, see: Scope) -> dict[str, str]:
    """Return the storage accounts that are named, each with the first object that names it."""
    found: dict[str, str] = {}
    storage = account.text("auto_storage.storage_account_id")
    if storage:
        found[storage.rpartition("/")[2].lower()] = "it"
    for pool in see.in_account(account, "pool"):
        for path, value in leaves(pool.node):
            if not isinstance(value, str) or pool.going or path[0] in ("backup", "replacement"):
                continue
            match = _STORAGE.match(value)
            name = match[1] if match else value if path[-1] == "account_name" else None
            if name is not None:
                found.setdefault(name.lower(), str(pool.address))
    return found
