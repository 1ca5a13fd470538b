"""Applications as the data plane shows them: read only, active packages only."""

from batchplan.emulator.dataplane.call import Call, entity, listing
from batchplan.emulator.model import Application, Json
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import applications


def list_all(call: Call) -> Reply:
    """GET /applications, by name"""
    found = applications.list_applications(call.world, call.account)
    entries = (((each.name.lower(),), each) for each in found)
    return listing(call, "listapplicationsummariesresponses", "BatchApplication", entries, lambda e: _view(call, e))


def get(call: Call) -> Reply:
    """GET /applications/{application}"""
    found = applications.find_application(call.world, call.account, call.args["application"])
    return entity(call, "getapplicationsummaryresponse/@Element", "BatchApplication", _view(call, found))


def _view(call: Call, application: Application) -> Json:
    packages = applications.list_packages(call.world, call.account, application.name)
    view: Json = {
        "id": application.name,
        "versions": [package.version for package in packages if package.state == "Active"],
    }
    if application.display_name is not None:
        view["displayName"] = application.display_name
    return view
