"""How the emulator bears 100 accounts of 100 pools: list pages, the size of the store, reads a second.

python tests/bench/emulator_http.py
"""

import http.client
import json
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from batchplan.emulator.catalogue import default_quotas
from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator
from batchplan.emulator.world import accounts, pools
from batchplan.emulator.world.core import World

ACCOUNTS, POOLS = 100, 100
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
SPEC = {
    "vmSize": "standard_d2s_v3",
    "virtualMachineConfiguration": {
        "imageReference": {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"},
        "nodeAgentSKUId": "batch.node.ubuntu 22.04",
        "dataDisks": [{"lun": 0, "diskSizeGB": 100}],
        "nodePlacementConfiguration": {"policy": "zonal"},
    },
    "networkConfiguration": {
        "endpointConfiguration": {
            "inboundNATPools": [
                {
                    "name": "web",
                    "protocol": "tcp",
                    "backendPort": 8080,
                    "frontendPortRangeStart": 4000,
                    "frontendPortRangeEnd": 4100,
                    "networkSecurityGroupRules": [{"priority": 150, "access": "allow", "sourceAddressPrefix": "*"}],
                }
            ]
        }
    },
    "startTask": {"commandLine": "/bin/bash -c 'set -e; ./prepare.sh'", "waitForSuccess": True},
    "metadata": [{"name": f"key{n}", "value": f"value {n}"} for n in range(5)],
}


def populate(world: World, count: int = ACCOUNTS, each: int = POOLS) -> None:
    """Make accounts, and pools in each."""
    for number in range(count):
        accounts.create_account(
            world,
            name=f"acct{number:03d}",
            subscription=SUBSCRIPTION,
            group="rg",
            location="westeurope",
            quotas=default_quotas(),
        )
    world.clock.advance(60)
    world.sync()
    for number in range(count):
        account = world.accounts[f"acct{number:03d}",]
        for one in range(each):
            pools.create_pool(world, account, {"id": f"pool{one:03d}", **SPEC})
    world.clock.advance(60)


def reads(netloc: str, path: str, token: str, count: int) -> list[float]:
    """Return the seconds that each of so many reads over one connection took."""
    connection = http.client.HTTPConnection(netloc)
    took = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        reply = connection.getresponse()
        content = reply.read()
        took.append(time.perf_counter() - began)
        if reply.status != 200:
            raise RuntimeError(content.decode())
    connection.close()
    return took


def told(name: str, took: list[float]) -> None:
    """Print the middle and the slow end."""
    slow = sorted(took)[int(len(took) * 0.95)]
    print(f"{name}: median {statistics.median(took) * 1000:.1f} ms, 95 % {slow * 1000:.1f} ms")


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder, Emulator(Options(data=Path(folder))) as emulator:
        began = time.perf_counter()
        emulator.call(populate)
        print(f"{ACCOUNTS} accounts of {POOLS} pools made and stored in {time.perf_counter() - began:.1f} s")
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"store: {size / 1e6:.1f} MB")
        arm = urlsplit(emulator.arm_endpoint).netloc
        batch = urlsplit(emulator.endpoint("acct050")).netloc
        tokens = (emulator.token(), emulator.token("https://batch.core.windows.net/"))
        base = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acct050"
        told("ARM list page of 100 pools", reads(arm, f"{base}/pools?api-version=2025-06-01", tokens[0], 30))
        told("data plane list page of 100 pools", reads(batch, "/pools?api-version=2025-06-01", tokens[1], 30))
        accounts_path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Batch/batchAccounts?api-version=2025-06-01"
        told("ARM list page of 100 accounts", reads(arm, accounts_path, tokens[0], 30))
        for name, netloc, path, token in (
            ("ARM", arm, f"{base}/pools/pool050?api-version=2025-06-01", tokens[0]),
            ("data plane", batch, "/pools/pool050?api-version=2025-06-01", tokens[1]),
        ):
            began = time.perf_counter()
            with ThreadPoolExecutor(4) as executor:
                each = list(executor.map(lambda _, n=netloc, p=path, t=token: reads(n, p, t, 500), range(4)))
            spent = time.perf_counter() - began
            print(f"{name}: {2000 / spent:.0f} pool reads a second over 4 connections")
            told(f"{name} pool read", [one for took in each for one in took])
        restarted = json.dumps(emulator.about())
    print(f"ended: {restarted}")


if __name__ == "__main__":
    main()
