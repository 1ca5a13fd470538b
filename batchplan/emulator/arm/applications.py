"""Applications and their packages on ARM. Each read of a package makes a new upload URL (recorded)."""

from batchplan.emulator import ticks
from batchplan.emulator.arm.call import BATCH_ACCOUNTS, Call, document, empty, listing, tagged, weak
from batchplan.emulator.arm.route import ACCOUNT, Route
from batchplan.emulator.blobs import upload_url
from batchplan.emulator.model import Account, Application, ApplicationPackage, Json
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import applications
from batchplan.emulator.world.accounts import resource_id


def put_application(call: Call) -> Reply:
    """Create or replace an application; the body may be missing."""
    account = call.account("applications")
    body = call.body("Application", optional=True)
    made = applications.put_application(
        call.world, account, call.names["application"], body.get("properties"), body.get("tags")
    )
    return _application(call, account, made)


def get_application(call: Call) -> Reply:
    """Return an application."""
    account = call.account()
    return _application(call, account, applications.find_application(call.world, account, call.names["application"]))


def patch_application(call: Call) -> Reply:
    """Change an application."""
    account = call.account()
    body = call.body("Application", optional=True)
    changed = applications.patch_application(
        call.world, account, call.names["application"], body.get("properties"), body.get("tags")
    )
    return _application(call, account, changed)


def delete_application(call: Call) -> Reply:
    """Delete an application: 200, or 204 when there was none."""
    gone = applications.delete_application(call.world, call.account(), call.names["application"])
    return empty(200 if gone else 204)


def list_applications(call: Call) -> Reply:
    """Return the applications of an account."""
    account = call.account()
    found = [((each.name.lower(),), each) for each in applications.list_applications(call.world, account)]
    return listing(call, found, lambda each: call.show("Application", application_view(account, each)))


def put_package(call: Call) -> Reply:
    """Make a pending version; the body may be missing."""
    account = call.account("applications/versions")
    body = call.body("ApplicationPackage", optional=True)
    made = applications.put_package(
        call.world, account, call.names["application"], call.names["version"], body.get("tags")
    )
    return _package(call, account, made)


def get_package(call: Call) -> Reply:
    """Return a version."""
    account = call.account()
    found = applications.find_package(call.world, account, call.names["application"], call.names["version"])
    return _package(call, account, found)


def activate_package(call: Call) -> Reply:
    """Make a version active."""
    account = call.account()
    body = call.body("ActivateApplicationPackageParameters")
    names = call.names
    active = applications.activate_package(call.world, account, names["application"], names["version"], body["format"])
    return _package(call, account, active)


def delete_package(call: Call) -> Reply:
    """Delete a version: 200, or 204 when there was none."""
    names = call.names
    gone = applications.delete_package(call.world, call.account(), names["application"], names["version"])
    return empty(200 if gone else 204)


def list_packages(call: Call) -> Reply:
    """Return the versions of an application."""
    account = call.account()
    found = applications.list_packages(call.world, account, call.names["application"])
    entries = [((each.version.lower(),), each) for each in found]
    return listing(call, entries, lambda each: call.show("ApplicationPackage", _package_view(call, account, each)))


def application_view(account: Account, application: Application) -> Json:
    """Return an application; `displayName` and `defaultVersion` only when they are set."""
    properties = {
        "displayName": application.display_name,
        "allowUpdates": application.allow_updates,
        "defaultVersion": application.default_version,
    }
    return {
        "type": f"{BATCH_ACCOUNTS}/applications",
        "id": f"{resource_id(account)}/applications/{application.name}",
        "name": application.name,
        "etag": weak(application.modified),
        "properties": {name: value for name, value in properties.items() if value is not None},
        "tags": application.tags,
    }


def _package_view(call: Call, account: Account, package: ApplicationPackage) -> Json:
    url, expiry = upload_url(call.world, account, package, call.request.base_url)
    properties: Json = {"storageUrl": url, "storageUrlExpiry": ticks.isoformat(expiry), "state": package.state}
    if package.last_activated is not None:
        properties |= {"format": package.format, "lastActivationTime": ticks.isoformat(package.last_activated)}
    return {
        "type": f"{BATCH_ACCOUNTS}/applications/versions",
        "id": f"{resource_id(account)}/applications/{package.application}/versions/{package.version}",
        "name": package.version,
        "etag": weak(package.modified),
        "properties": properties,
        "tags": package.tags,
    }


def _application(call: Call, account: Account, application: Application) -> Reply:
    view = call.show("Application", application_view(account, application))
    return document(200, view, tagged(application.modified))


def _package(call: Call, account: Account, package: ApplicationPackage) -> Reply:
    view = call.show("ApplicationPackage", _package_view(call, account, package))
    return document(200, view, tagged(package.modified))


_ONE = f"{ACCOUNT}/applications/{{application}}"
_VERSION = f"{_ONE}/versions/{{version}}"
ROUTES = (
    Route("GET", f"{ACCOUNT}/applications", list_applications),
    Route("PUT", _ONE, put_application),
    Route("GET", _ONE, get_application),
    Route("PATCH", _ONE, patch_application),
    Route("DELETE", _ONE, delete_application),
    Route("GET", f"{_ONE}/versions", list_packages),
    Route("PUT", _VERSION, put_package),
    Route("GET", _VERSION, get_package),
    Route("DELETE", _VERSION, delete_package),
    Route("POST", f"{_VERSION}/activate", activate_package),
)
