"""What a region offers: quotas, VM sizes, free names; and the provider's own operations."""

import re

from batchplan.emulator.arm.call import Call, document, listing
from batchplan.emulator.arm.route import LOCATION, Route
from batchplan.emulator.catalogue import VmSize, vm_sizes
from batchplan.emulator.catalogue import document as facts
from batchplan.emulator.model import Json
from batchplan.emulator.wire import odata
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import accounts


def get_quotas(call: Call) -> Reply:
    """Return how many accounts a subscription may have in a region."""
    call.location(call.names["location"], "Microsoft.Batch/locations/quotas")
    return document(200, {"accountQuota": call.site.quotas.accounts_per_region})


def list_sizes(call: Call) -> Reply:
    """Return the VM sizes of a region, by family and then name, in one answer unless `maxresults` says otherwise."""
    call.location(call.names["location"], "Microsoft.Batch/locations/virtualMachineSkus")
    text = call.request.query.get("$filter", "")
    test = odata.parse_filter(text, lambda path, _: path == ("familyName",)) if text.strip() else None

    def view(size: VmSize) -> Json | None:
        shown = size_view(size, call.version)
        return shown if test is None or test(shown) else None

    entries = [((each.family.lower(), each.name.lower()), each) for each in vm_sizes().values()]
    return listing(call, sorted(entries, key=lambda entry: entry[0]), view)


def check_name(call: Call) -> Reply:
    """Tell whether a name is valid and free; 200 in any case."""
    call.location(call.names["location"])
    name = call.body("CheckNameAvailabilityParameters")["name"]
    problem = accounts.name_problem(name)
    if problem:
        return document(200, {"nameAvailable": False, "reason": "Invalid", "message": problem})
    if accounts.find_account(call.world, name) is not None:
        message = f"An account named '{name}' is already in use."
        return document(200, {"nameAvailable": False, "reason": "AlreadyExists", "message": message})
    return document(200, {"nameAvailable": True})


def list_operations(_call: Call) -> Reply:
    """Return what the provider can do."""
    return document(200, {"value": facts("operations.json")["operations"]})


def size_view(size: VmSize, version: str) -> Json:
    """Return a VM size; capability values are texts."""
    values: dict[str, object] = {
        "MaxResourceVolumeMB": size.temp_mb,
        "OSVhdSizeMB": 1047552,
        "vCPUs": size.cores,
        "MemoryPreservingMaintenanceSupported": not (size.gpus or size.rdma),
        "HyperVGenerations": size.generations,
        "MemoryGB": size.memory_gb,
        "MaxDataDiskCount": size.disks,
        "CpuArchitectureType": "x64",
        "LowPriorityCapable": size.spot,
        "PremiumIO": size.premium,
        "VMDeploymentTypes": "IaaS,PaaS" if size.cloud_services else "IaaS",
        "vCPUsAvailable": size.available or size.cores,
        **({"GPUs": size.gpus} if size.gpus else {}),
        "vCPUsPerCore": 2 if re.search(r"_v[3-9]$", size.name) and not (size.gpus or size.rdma) else 1,
        "EphemeralOSDiskSupported": size.ephemeral,
        "EncryptionAtHostSupported": size.encryption_at_host,
        "CapacityReservationSupported": False,
        "AcceleratedNetworkingEnabled": size.accelerated,
        "RdmaEnabled": size.rdma,
        "MaxNetworkInterfaces": size.nics,
    }
    shown: Json = {
        "name": size.name,
        "familyName": size.family,
        "capabilities": [{"name": name, "value": str(value)} for name, value in values.items()],
    }
    if size.end_of_life and version >= "2023-05-01":
        shown["batchSupportEndOfLife"] = size.end_of_life
    return shown


ROUTES = (
    Route("GET", f"{LOCATION}/quotas", get_quotas),
    Route("GET", f"{LOCATION}/virtualMachineSkus", list_sizes),
    Route("POST", f"{LOCATION}/checkNameAvailability", check_name),
    Route("GET", "/providers/Microsoft.Batch/operations", list_operations),
)
