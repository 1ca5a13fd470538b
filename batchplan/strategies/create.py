"""Creating an object, and waiting until it can be used."""

from dataclasses import replace

from batchplan.plan.change import Change
from batchplan.plan.defaults import MADE, default_package
from batchplan.plan.settings import READY_SECONDS
from batchplan.plan.step import Activate, Available, Create, Gone, Patch, Upload
from batchplan.schema.api import to_api
from batchplan.schema.document import reveal
from batchplan.strategies.bodies import create_body
from batchplan.strategies.chain import Chain, Site
from batchplan.strategies.schedules import create_quiet
from batchplan.strategies.sizes import until_ready


def create(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that make an object. One of the same name that is being deleted is waited for."""
    document = change.after or {}
    of_the_same_name(chain, site)
    if chain.remote.kind == "job_schedule" and _must_be_quiet(change, site):
        create_quiet(chain, change, site)
        return
    if chain.remote.kind == "application" and document.get("default_version"):
        # The service refuses a version that has no package; it follows when the package is there.
        document = {name: value for name, value in document.items() if name != "default_version"}
        change = replace(change, after=document)
    since = chain.add("create", Create, body=create_body(change), applied=document)
    match chain.remote.kind:
        case "account":
            chain.add("available", Available, timeout=READY_SECONDS)
        case "pool":
            until_ready(chain, document, since)
        case "application_package":
            upload(chain, change, site)
            _take_by_default(chain, site)


def _must_be_quiet(change: Change, site: Site) -> bool:
    """Return whether a schedule must not fire as it is made: it stands ready, or a copy that is there may be at work."""
    if change.enabled is False or change.hours_of is not None:
        return True
    groups = (one for one in site.changes.regional if change.address in one.schedules)
    return any(site.of(copy) is not None for one in groups for copy in one.elsewhere(change.remote))


def _take_by_default(chain: Chain, site: Site) -> None:
    """Make a package the default of its application, when that is made in the same plan and wants it to be."""
    for one in site.by_address.values():
        package = default_package(one) if one.action in MADE else None
        if package is not None and package.key == chain.remote.key:
            whose = {"address": one.address, "remote": one.replaced_by or one.remote}
            body = to_api("application", {"default_version": package.version})
            chain.add("default", Patch, body=body, applied=one.after or {}, **whose)


def of_the_same_name(chain: Chain, site: Site) -> None:
    """Wait until an object of the same name that is being deleted is gone."""
    found = site.of(chain.remote)
    if found is not None and found.is_going:
        chain.add("predecessor-gone", Gone, timeout=READY_SECONDS)


def upload(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that give a package its file and make it usable."""
    document = change.after or {}
    file = str(reveal(document.get("source")))
    chain.add("upload", Upload, file=file, sha256=site.digests.get(file, ""))
    chain.add("activate", Activate, format=str(document.get("format") or "zip"))
