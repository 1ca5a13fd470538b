"""Default versions of applications: the service takes one only while the package is there."""

from collections.abc import Mapping

from batchplan.core.codes import NO_DEFAULT_PACKAGE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Change, Changes
from batchplan.plan.observation import Observation

MADE = (Action.CREATE, Action.REPLACE)


def default_package(change: Change) -> Remote | None:
    """Return the package that an application is to take by default after a change, None where it names none."""
    version = (change.after or {}).get("default_version")
    if change.remote.kind != "application" or not isinstance(version, str):
        return None
    remote = change.replaced_by or change.remote
    return Remote("application_package", remote.account_id, remote.name, version)


def unseen_packages(found: Changes, observed: Mapping[Remote, Observation | None]) -> set[Remote]:
    """Return the packages that applications name and nobody declares: whether they are there, has to be looked up."""
    known = {remote.key for remote in observed} | {(one.replaced_by or one.remote).key for one in found.objects}
    named = {default_package(one) for one in found.objects if one.action is Action.UPDATE and _is_changed(one)}
    return {one for one in named if one is not None and one.key not in known}


def report_early_defaults(
    found: Changes, observed: Mapping[Remote, Observation | None], diagnostics: Diagnostics
) -> None:
    """Report default versions that are not there when the service is told of them.

    An application that is made in the same plan gets its default version after the package; another one is
    changed before its packages are made.
    """
    made = {(one.replaced_by or one.remote).key for one in found.objects if one.action in MADE}
    missing = {remote.key for remote, seen in observed.items() if seen is None}
    for change in found.objects:
        package = default_package(change)
        if package is None:
            continue
        changed = change.action is Action.UPDATE and _is_changed(change)
        if change.action in MADE and package.key not in made:
            text = "the application is new and has no package of that version: declare it"
        elif changed and package.key in made:
            text = "the package is made in this plan, after the application was changed: apply once without the change"
        elif changed and package.key in missing:
            text = "there is no package of that version: declare it, and apply once without this change"
        else:
            continue
        at = next((one.at for one in change.fields if one.path == ("default_version",)), None)
        detail = f'{change.address}: "default_version" is "{package.version}", but {text}.'
        diagnostics.error(NO_DEFAULT_PACKAGE, detail, at)


def _is_changed(change: Change) -> bool:
    """Return whether the service is told of another default version; not where the state only takes it over."""
    return not change.refreshes and any(one.path == ("default_version",) for one in change.fields)
