"""References to application packages, checked where they are made."""

from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Account, Json
from batchplan.emulator.world.core import World


def require(world: World, account: Account, references: list[Json] | None) -> None:
    """Raise 409 InvalidApplicationPackageReferences unless each names an active package of the account.

    A reference without a version means the application's default version, which may be set later.
    """
    for reference in references or []:
        application = str(reference.get("applicationId") or "")
        version = reference.get("version")
        key = (account.name.lower(), application.lower())
        package = world.packages.get((*key, str(version).lower())) if version else None
        if key not in world.applications or (version and (package is None or package.state != "Active")):
            details = [("ApplicationId", application), *([("Version", str(version))] if version else [])]
            raise refuse("InvalidApplicationPackageReferences", *details)
