"""Updates of the operating system on nodes that run."""

from collections.abc import Iterator

from batchplan.policy.capacity import is_windows
from batchplan.policy.hints import hours
from batchplan.policy.images import own_image
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, variants

HOURS = Param("hours", 1, "How long tasks may run before an update in between matters.")
TIME = Param("task_time", "task_time", 'The tag that says how long tasks run, such as "PT3H".')

_AUTOMATIC = "upgrade_policy.automatic_os_upgrade_policy"
_UPDATES = "windows_configuration.enable_automatic_updates"


def _upgrades(view: View) -> bool:
    return view.get(f"{_AUTOMATIC}.enable_automatic_os_upgrade") is True


def _upgraded(pool: Subject, *names: str) -> list[View]:
    found = [view for view in variants(pool, "upgrade_policy", *names) if _upgrades(view)]
    if not found:
        raise Inapplicable("its operating system is not upgraded by Azure")
    return found


def _updates_itself(view: View) -> bool:
    """Return whether Windows updates itself, as it does where nothing is said."""
    return view.get(_UPDATES) is not False


@rule(
    "BP1027",
    "Automatic OS upgrade cannot work",
    kinds=["pool"],
    severity=Severity.ERROR,
    level=Level.HARD,
)
def os_upgrade_cannot_work(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool asks for automatic OS upgrades, and its image version or Windows Update stands against them.

    Why: Azure upgrades nodes to the newest version of their image; a version that is named leaves nothing to upgrade
    to. Windows must not update itself at the same time, and it does unless it is told not to.

    Instead: Leave `version` out, and in Windows pools set `enable_automatic_updates = false`.

    Source: "Create an Azure Batch pool with Auto OS Upgrade"; "Batch security and compliance best practices", 2024-11.
    """
    for view in _upgraded(pool, "image_reference", "windows_configuration", "node_agent_sku_id"):
        version = "" if own_image(view) else view.text("image_reference.version")
        if version and version.casefold() != "latest":
            path = view.path("image_reference.version")
            yield Finding(
                f"{called(pool, view)} is to follow new versions of its image and names version {version}.",
                path,
                expected="latest",
                actual=version,
                remediation="Remove version from image_reference, or enable_automatic_os_upgrade.",
                edit=None if view.at else Edit(path, None),
            )
        if is_windows(view) and _updates_itself(view):
            path = view.path(_UPDATES)
            yield Finding(
                f"{called(pool, view)} is to have its OS upgraded by Azure while Windows updates itself.",
                path,
                expected=False,
                actual=True,
                remediation="Set windows_configuration { enable_automatic_updates = false }.",
                edit=Edit(path, value=False),
            )


@rule("BP1028", "OS upgrades interrupt tasks", kinds=["pool"], level=Level.ADVISORY)
def os_upgrade_interrupts_tasks(pool: Subject, _: Scope) -> Iterator[Finding]:
    """Nodes get a new operating system while tasks run on them.

    Why: An upgrade exchanges the OS disk and boots the node. Tasks on it end and start over, and the start task runs
    again.

    Instead: Set `os_rolling_upgrade_deferral = true`: a node is upgraded when nothing runs on it.

    Source: "Azure Batch best practices", Nodes: automatic OS upgrades; "Create an Azure Batch pool with Auto OS
    Upgrade".

    Exceptions: short tasks that are tried again.
    """
    deferral = f"{_AUTOMATIC}.os_rolling_upgrade_deferral"
    for view in _upgraded(pool):
        if view.get(deferral) is not True:
            path = view.path(deferral)
            yield Finding(
                f"Nodes of {called(pool, view)} get OS upgrades while tasks run on them.",
                path,
                expected=True,
                actual=view.get(deferral),
                remediation="Set os_rolling_upgrade_deferral = true.",
                edit=Edit(path, value=True),
            )


@rule(
    "BP1029",
    "Windows Update does not fit the tasks",
    kinds=["pool"],
    severity=Severity.INFO,
    level=Level.ADVISORY,
    params=[HOURS, TIME],
)
def windows_updates_do_not_fit(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Windows boots nodes under long tasks, or nothing ever updates them.

    Why: Windows Update is on unless it is turned off, and a boot in between costs a long task all it has done. Nodes
    that are never updated keep every hole that their image had.

    Instead: For long tasks let Azure upgrade the OS with `os_rolling_upgrade_deferral`. Where updates are off, have the
    pool replaced regularly: `replacement { max_age = "P30D" }`.

    Source: "Azure Batch best practices", Nodes: operating system updates. How long tasks run is said in the tag
    `task_time`.

    Exceptions: images that one patches and rolls out oneself, which are not looked at when updates are off.
    """
    names = ("windows_configuration", "node_agent_sku_id", "upgrade_policy", "tags", "metadata", "image_reference")
    windows = [view for view in variants(pool, *names) if is_windows(view)]
    if not windows:
        raise Inapplicable("it does not run Windows")
    for view in windows:
        long = hours(view, see.param(TIME)) or 0
        if _upgrades(view):
            continue
        if _updates_itself(view) and long > see.param(HOURS):
            yield _finding(
                view,
                f"Windows Update can boot nodes of {called(pool, view)}, whose tasks run for {long:g} h.",
                "Add upgrade_policy with enable_automatic_os_upgrade and os_rolling_upgrade_deferral, and set "
                "enable_automatic_updates = false.",
            )
        if not _updates_itself(view) and not own_image(view) and not pool.has("replacement.max_age"):
            yield _finding(
                view,
                f"Windows Update is off on nodes of {called(pool, view)}, and nothing else updates them.",
                'Set replacement { max_age = "P30D" }, or add upgrade_policy with enable_automatic_os_upgrade.',
            )


def _finding(view: View, message: str, next_step: str) -> Finding:
    return Finding(message, view.path(_UPDATES), actual=_updates_itself(view), remediation=next_step)
