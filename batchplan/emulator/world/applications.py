"""Applications and their packages: a record first, `Active` once its zip is there."""

import re

from batchplan.emulator.catalogue import default_quotas
from batchplan.emulator.errors import ServiceError, invalid_property, refuse
from batchplan.emulator.model import Account, Application, ApplicationPackage, Json
from batchplan.emulator.world.core import World

_APPLICATION = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_VERSION = re.compile(r"[a-zA-Z0-9_-][a-zA-Z0-9_.-]{0,63}")


def find_application(world: World, account: Account, name: str) -> Application:
    """Return an application by name in any case; raise ServiceError ApplicationNotFound."""
    found = world.applications.get((account.name.lower(), name.lower()))
    if found is None:
        raise refuse("ApplicationNotFound")
    return found


def find_package(world: World, account: Account, application: str, version: str) -> ApplicationPackage:
    """Return a version of an application; raise ServiceError when either is missing."""
    find_application(world, account, application)
    found = world.packages.get((account.name.lower(), application.lower(), version.lower()))
    if found is None:
        raise ServiceError(404, "ApplicationPackageNotFound", "The specified application package does not exist.")
    return found


def list_applications(world: World, account: Account) -> list[Application]:
    """Return the applications of an account by name."""
    key = account.name.lower()
    return [each for (owner, _), each in sorted(world.applications.items()) if owner == key]


def list_packages(world: World, account: Account, application: str) -> list[ApplicationPackage]:
    """Return the versions of an application by name; raise ServiceError ApplicationNotFound."""
    find_application(world, account, application)
    prefix = (account.name.lower(), application.lower())
    return [each for key, each in sorted(world.packages.items()) if key[:2] == prefix]


def put_application(
    world: World, account: Account, name: str, properties: Json | None = None, tags: Json | None = None
) -> Application:
    """Create an application or replace its settings; what is left out takes its default."""
    given = properties or {}
    if not _APPLICATION.fullmatch(name):
        raise invalid_property("applicationName", name, "The application name is not valid")
    key = (account.name.lower(), name.lower())
    existing = world.applications.get(key)
    if existing is None and sum(each[0] == key[0] for each in world.applications) >= default_quotas().applications:
        raise ServiceError(409, "ApplicationQuotaReached", "The application quota for the account has been reached.")
    _check_default(world, account, name, given.get("defaultVersion"))
    now = world.stamp()
    application = existing or Application(account=account.name, name=name, created=now)
    application.display_name = given.get("displayName")
    application.allow_updates = given.get("allowUpdates", True)
    application.default_version = given.get("defaultVersion") or None
    application.tags = tags
    application.modified = now
    world.put("applications", key, application)
    return application


def patch_application(
    world: World, account: Account, name: str, properties: Json | None = None, tags: Json | None = None
) -> Application:
    """Change what is given and return the application."""
    application = find_application(world, account, name)
    given = properties or {}
    _check_default(world, account, name, given.get("defaultVersion"))
    if "displayName" in given:
        application.display_name = given["displayName"]
    if given.get("allowUpdates") is not None:
        application.allow_updates = given["allowUpdates"]
    if "defaultVersion" in given:
        application.default_version = given["defaultVersion"] or None
    if tags is not None:
        application.tags = tags
    application.modified = world.stamp()
    world.touch("applications", (account.name.lower(), name.lower()))
    return application


def delete_application(world: World, account: Account, name: str) -> bool:
    """Delete an application; return False when there was none; raise ServiceError while it has versions."""
    key = (account.name.lower(), name.lower())
    if key not in world.applications:
        return False
    if any(package[:2] == key for package in world.packages):
        raise refuse(
            "OperationInvalidForCurrentState",
            ("Reason", "The application still has packages; delete them first"),
        )
    world.drop("applications", key)
    return True


def put_package(
    world: World, account: Account, application: str, version: str, tags: Json | None = None
) -> ApplicationPackage:
    """Make a pending record of a version, or make an existing one pending again.

    Raise ServiceError without auto-storage, and for an active version when the application forbids updates.
    """
    owner = find_application(world, account, application)
    if not _VERSION.fullmatch(version):
        raise invalid_property("versionName", version, "The application package version is not valid")
    if "autoStorage" not in account.properties:
        raise ServiceError(
            409, "AccountAutoStorageNotConfigured", "The Batch account has no auto storage account associated with it."
        )
    key = (account.name.lower(), application.lower(), version.lower())
    existing = world.packages.get(key)
    if existing is not None and existing.state == "Active" and not owner.allow_updates:
        raise ServiceError(
            409, "ApplicationPackageUpdateNotAllowed", "The application does not allow its packages to be overwritten."
        )
    limit = default_quotas().packages_per_application
    if existing is None and sum(each[:2] == key[:2] for each in world.packages) >= limit:
        raise ServiceError(
            409, "ApplicationPackageQuotaReached", "The application package quota for the application has been reached."
        )
    now = world.stamp()
    package = existing or ApplicationPackage(account=account.name, application=owner.name, version=version, created=now)
    package.state, package.format, package.last_activated = "Pending", None, None
    package.tags = tags
    package.modified = now
    world.put("packages", key, package)
    return package


def activate_package(world: World, account: Account, application: str, version: str, fmt: str) -> ApplicationPackage:
    """Make a version active, again if it is so already: the ETag and the time of activation move each time."""
    package = find_package(world, account, application, version)
    if fmt.lower() != "zip":
        raise invalid_property("format", fmt, "The only supported format is zip")
    package.last_activated = world.now
    package.state, package.format = "Active", fmt
    package.modified = world.stamp()
    world.touch("packages", (account.name.lower(), application.lower(), version.lower()))
    return package


def delete_package(world: World, account: Account, application: str, version: str) -> bool:
    """Delete a version, even the default one (recorded); return False when there was none."""
    key = (account.name.lower(), application.lower(), version.lower())
    if key not in world.packages:
        return False
    world.drop("packages", key)
    return True


def _check_default(world: World, account: Account, name: str, version: str | None) -> None:
    if version and (account.name.lower(), name.lower(), version.lower()) not in world.packages:
        raise invalid_property("defaultVersion", version, "The default version must be an existing application package")
