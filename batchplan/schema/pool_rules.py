"""Conditions between the members of a pool."""

from collections.abc import Iterator, Mapping

from batchplan.schema import sizes
from batchplan.schema.backup import merged
from batchplan.schema.document import UNKNOWN
from batchplan.schema.identity import may_have_identity
from batchplan.schema.pool_scale import is_windows
from batchplan.schema.rule import AtMostOne, Distinct, Members, Problem, given, known

NODES_PER_ADDRESS = 100


def slots(pool: Members) -> Iterator[Problem]:
    """A node has at most four task slots for each core."""
    name, count = known(pool, "vm_size"), known(pool, "task_slots_per_node")
    size = sizes.size(name) if isinstance(name, str) else None
    if size is None or not isinstance(count, int):
        return
    most = min(4 * size.cores, 256)
    if count > most:
        text = f"It is {count}; {size.name} has {size.cores} cores, which allow at most {most} slots (4 for each core)."
        yield Problem(("task_slots_per_node",), text)


def _system(pool: Members) -> bool | None:
    agent = known(pool, "node_agent_sku_id")
    return is_windows(known(pool, "image_reference") or {}, agent if isinstance(agent, str) else None)


def operating_system(pool: Members) -> Iterator[Problem]:
    """Windows blocks stand in Windows pools; what Linux users have is ignored there, and not refused."""
    windows = _system(pool)
    if windows is False and given(pool, "windows_configuration"):
        yield Problem(("windows_configuration",), "It applies to Windows, and the image is Linux.")
    if windows is False and given(pool, "license_type"):
        yield Problem(("license_type",), "A Windows licence has no meaning: the image is Linux.")
    for at, user in enumerate(known(pool, "user_accounts") or ()):
        if windows is False and known(user, "windows_user_configuration") is not None:
            yield Problem(("user_accounts", at, "windows_user_configuration"), "The image is Linux; remove this block.")


def disk_encryption(pool: Members) -> Iterator[Problem]:
    """The temporary disk is encrypted, alone or with the other; a key of one's own needs an identity."""
    block = known(pool, "disk_encryption_configuration") or {}
    targets = known(block, "targets")
    if known(block, "customer_managed_key") is not None and not may_have_identity(pool):
        text = 'The key is read with the pool\'s identity; add the block "identity".'
        yield Problem(("disk_encryption_configuration", "customer_managed_key"), text)
    if not isinstance(targets, list) or not all(isinstance(one, str) for one in targets) or not targets:
        return
    names = {one.casefold() for one in targets}
    path = ("disk_encryption_configuration", "targets")
    if "temporarydisk" not in names:
        # The documentation wants the temporary disk alone on Linux, and both on Windows; real pools have it the other way
        # round as well, and the service takes them (azurerm's acceptance tests are run against it).
        yield Problem(path, 'The disk of the system is encrypted only with "TemporaryDisk" beside it.')


def upgrades(pool: Members) -> Iterator[Problem]:
    """Two ways of updating Windows exclude each other; zones are crossed only where there are some."""
    policy = known(pool, "upgrade_policy") or {}
    automatic = known(policy, "automatic_os_upgrade_policy") or {}
    rolling = known(policy, "rolling_upgrade_policy") or {}
    windows = known(pool, "windows_configuration") or {}
    if known(automatic, "enable_automatic_os_upgrade") and known(windows, "enable_automatic_updates"):
        text = "Upgrades of the image and updates inside of Windows exclude each other; set this to false."
        yield Problem(("windows_configuration", "enable_automatic_updates"), text)
    placement = pool.get("node_placement_configuration")
    spread = known(placement, "policy") if isinstance(placement, Mapping) else None
    if placement is UNKNOWN or (isinstance(placement, Mapping) and placement.get("policy") is UNKNOWN):
        return
    if known(rolling, "enable_cross_zone_upgrade") is not None and (spread or "regional").casefold() != "zonal":
        text = 'It can be set only where node_placement_configuration has the policy "Zonal".'
        yield Problem(("upgrade_policy", "rolling_upgrade_policy", "enable_cross_zone_upgrade"), text)


def addresses(pool: Members) -> Iterator[Problem]:
    """Each public address of one's own carries a hundred nodes."""
    network = known(pool, "network_configuration") or {}
    listed = known(known(network, "public_ip_address_configuration") or {}, "ip_address_ids")
    scale = known(pool, "fixed_scale") or {}
    for name in ("target_dedicated_nodes", "target_low_priority_nodes"):
        count = known(scale, name)
        if isinstance(listed, list) and listed and isinstance(count, int) and count > NODES_PER_ADDRESS * len(listed):
            text = (
                f"It is {count}; {len(listed)} public addresses carry at most {NODES_PER_ADDRESS * len(listed)} nodes."
            )
            yield Problem(("fixed_scale", name), text)


def users(pool: Members) -> Iterator[Problem]:
    """A start task runs as a user that the pool has."""
    start = known(pool, "start_task") or {}
    name = known(known(start, "user_identity") or {}, "user_name")
    accounts = pool.get("user_accounts")
    if not isinstance(name, str) or accounts is UNKNOWN:
        return
    names = [one.get("name") for one in accounts or ()]
    if UNKNOWN not in names and name.casefold() not in [str(one).casefold() for one in names]:
        text = f'The pool has no user "{name}"; add a block "user_accounts", or use "auto_user".'
        yield Problem(("start_task", "user_identity", "user_name"), text)


def packages(pool: Members) -> Iterator[Problem]:
    """Nodes get packages of their own account only."""
    account = known(pool, "account_id")
    for at, package in enumerate(known(pool, "application_packages") or ()):
        application = known(package, "id")
        if not isinstance(account, str) or not isinstance(application, str):
            continue
        if not application.casefold().startswith(f"{account.casefold().rstrip('/')}/applications/"):
            yield Problem(("application_packages", at, "id"), "The application is in another account than the pool.")


_SCALE = AtMostOne(("fixed_scale", "auto_scale"))
_WHOLE = (slots, operating_system, disk_encryption, upgrades, addresses, users)


def backups(pool: Members) -> Iterator[Problem]:
    """What holds for the pool holds for each backup with its overrides; what the pool has wrong is said there."""
    given_ones = known(pool, "backup")
    if not given_ones:
        return
    before = {(problem.path, problem.detail) for rule in _WHOLE for problem in rule(pool)}
    for label, overrides in given_ones.items():
        whole = merged(pool, overrides)
        for rule in (_SCALE, *_WHOLE):
            for problem in rule(whole):
                if (problem.path, problem.detail) not in before:
                    yield Problem(("backup", label, *problem.path), problem.detail)


POOL_RULES = (
    _SCALE,
    Distinct("data_disks", "lun"),
    Distinct("user_accounts", "name"),
    Distinct("extensions", "name"),
    Distinct("metadata", "name"),
    *_WHOLE,
    packages,
    backups,
)
