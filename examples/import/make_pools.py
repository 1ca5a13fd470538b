"""Makes two pools on the emulator of this folder, in an account of their own, without batchplan.

It stands for the portal, a script or `az` that made the pools long ago; with pools in Azure it is not needed.
"""

import json
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator

WORLD = Path(".batchplan") / "emulator"
GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-old"
ACCOUNT = f"{GROUP}/providers/Microsoft.Batch/batchAccounts/olderenders"
API_VERSION = "2025-06-01"
IMAGE = {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204", "version": "latest"}


def main() -> None:
    """Make the account and its pools, and let an hour pass, so that the nodes are there."""
    WORLD.mkdir(parents=True, exist_ok=True)
    with Emulator(Options(data=WORLD)) as emulator:
        put(emulator, ACCOUNT, {"location": "westeurope"})
        emulator.advance(60)
        put(emulator, f"{ACCOUNT}/pools/render", pool({"fixedScale": {"targetDedicatedNodes": 2}}))
        by_day = {"formula": "$TargetDedicatedNodes = 0;", "evaluationInterval": "PT15M"}
        put(emulator, f"{ACCOUNT}/pools/nightly", pool({"autoScale": by_day}))
        emulator.advance(3600)


def pool(scale: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a pool."""
    machine = {"imageReference": IMAGE, "nodeAgentSkuId": "batch.node.ubuntu 22.04"}
    properties = {
        "vmSize": "Standard_D4s_v3",
        "deploymentConfiguration": {"virtualMachineConfiguration": machine},
        "scaleSettings": scale,
        "taskSlotsPerNode": 4,
        "metadata": [{"name": "team", "value": "pictures"}],
        "startTask": {"commandLine": "/bin/bash -c 'echo ready'", "waitForSuccess": True},
    }
    return {"properties": properties}


def put(emulator: Emulator, path: str, body: dict[str, Any]) -> None:
    """Send a PUT to the emulator's ARM; raise RuntimeError when it is refused."""
    token = emulator.token("https://management.azure.com/")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = HTTPConnection(urlsplit(emulator.arm_endpoint).netloc, timeout=60)
    connection.request("PUT", f"{path}?api-version={API_VERSION}", json.dumps(body), headers)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{path}: {said}")
    sys.stdout.write(f"made {path}\n")


if __name__ == "__main__":
    main()
