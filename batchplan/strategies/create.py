"""Creating an object, and waiting until it can be used."""

from batchplan.plan.change import Change
from batchplan.plan.planner import is_going
from batchplan.plan.settings import READY_SECONDS
from batchplan.plan.step import Activate, Available, Create, Gone, Upload
from batchplan.schema.document import reveal
from batchplan.strategies.bodies import create_body
from batchplan.strategies.chain import Chain, Site
from batchplan.strategies.schedules import create_quiet
from batchplan.strategies.sizes import until_ready


def create(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that make an object. One of the same name that is being deleted is waited for."""
    document = change.after or {}
    of_the_same_name(chain, site)
    if chain.remote.kind == "job_schedule" and (change.enabled is False or change.hours_of is not None):
        create_quiet(chain, change, site)
        return
    since = chain.add("create", Create, body=create_body(change), applied=document)
    match chain.remote.kind:
        case "account":
            chain.add("available", Available, timeout=READY_SECONDS)
        case "pool":
            until_ready(chain, document, since)
        case "application_package":
            upload(chain, change, site)


def of_the_same_name(chain: Chain, site: Site) -> None:
    """Wait until an object of the same name that is being deleted is gone."""
    found = site.of(chain.remote)
    if found is not None and is_going(found):
        chain.add("predecessor-gone", Gone, timeout=READY_SECONDS)


def upload(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that give a package its file and make it usable."""
    document = change.after or {}
    file = str(reveal(document.get("source")))
    chain.add("upload", Upload, file=file, sha256=site.digests.get(file, ""))
    chain.add("activate", Activate, format=str(document.get("format") or "zip"))
