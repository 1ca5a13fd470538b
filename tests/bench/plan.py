"""How long a plan without changes takes, how many calls it makes, and where the time goes.

    python tests/bench/plan.py [pools] [accounts] [latency in ms] [--profile]

The world is made inside of the emulator, which runs in a process of its own; the state is what an apply would have left.
"""

import asyncio
import copy
import cProfile
import pstats
import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lifecycle"))

HEAD = """
locals {{
  accounts = {{ for number in range({accounts}) : "a${{number}}" => number }}
  pools = {{
    for pair in setproduct(range({each}), range({accounts})) : "p${{pair[0] * {accounts} + pair[1]}}" => "a${{pair[1]}}"
  }}
}}

account "all" {{
  for_each            = local.accounts
  name                = "bench${{each.value}}"
  resource_group_name = "rg"
  location            = "westeurope"
}}

pool "all" {{
  for_each          = local.pools
  account_id        = account.all[each.value].id
  name              = each.key
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {{
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }}
  fixed_scale {{ target_dedicated_nodes = 0 }}
  start_task {{
    command_line     = "/bin/bash -c 'echo ${{each.key}}'"
    wait_for_success = true
  }}
}}
"""


def serve(pipe: Any, folder: str, pools: int, accounts: int, latency: float) -> None:
    """Apply a project of one pool an account, copy the pools, and answer requests until told to stop."""
    from lifecycle_driver import START, Place

    from batchplan.emulator.options import Options
    from batchplan.emulator.server import Emulator

    with Emulator(Options(start=START)) as emulator:
        place = Place(Path(folder), emulator)
        place.write(HEAD.format(each=1, accounts=accounts))
        place.apply(parallelism=32)
        state = place.state()
        emulator.call(lambda world: copied_pools(world, pools, accounts))
        if latency:
            place.fault(effect={"kind": "latency", "seconds": latency})
        pipe.send((emulator.arm_endpoint, copied_records(state, pools, accounts)))
        while pipe.recv() != "stop":
            pipe.send(emulator.dispatcher.log.count)


def copied_pools(world: Any, pools: int, accounts: int) -> None:
    """Fill the accounts with copies of their first pool."""
    first = {key[0]: pool for key, pool in world.pools.items()}
    for number in range(accounts, pools):
        account = f"bench{number % accounts}"
        pool = copy.deepcopy(first[account])
        pool.id = pool.id.replace(f"p{number % accounts}-", f"p{number}-")
        pool.spec["id"] = pool.id
        pool.spec["displayName"] = f"p{number}"
        pool.spec["startTask"]["commandLine"] = f"/bin/bash -c 'echo p{number}'"
        world.put("pools", (account, pool.id.lower()), pool)


def copied_records(state: Any, pools: int, accounts: int) -> str:
    """Return the state with a record for each copy."""
    records = {one.address: one for one in state.resources}
    for number in range(accounts, pools):
        old = records[f'pool.all["p{number % accounts}"]']
        name = old.remote.name.replace(f"p{number % accounts}-", f"p{number}-")
        applied = {**old.applied, "name": f"p{number}"}
        applied["start_task"] = {**applied["start_task"], "command_line": f"/bin/bash -c 'echo p{number}'"}
        address = f'pool.all["p{number}"]'
        remote = old.remote.model_copy(update={"name": name})
        records[address] = old.model_copy(update={"address": address, "remote": remote, "applied": applied})
    return str(state.model_copy(update={"resources": tuple(records.values())}).model_dump_json())


async def planned(folder: Path, endpoint: str, text: str) -> Any:
    """Return the plan, made as a command makes it: the files read, a session opened, Azure read."""
    from lifecycle_driver import SUBSCRIPTION

    from batchplan.azure import clouds
    from batchplan.azure.clients import Clients
    from batchplan.azure.reader import AzureReader
    from batchplan.azure.settings import for_emulator
    from batchplan.azure.writer import AzureWriter
    from batchplan.backends.memory import MemoryStore
    from batchplan.clocks import SystemClock
    from batchplan.config.project import Inputs, load_project
    from batchplan.ops.plan import make_plan
    from batchplan.ops.session import Session
    from batchplan.ops.workspace import resolver
    from batchplan.plan.planner import Options
    from batchplan.state.model import StateDocument

    project = load_project(folder, resolver(folder), Inputs())
    store = MemoryStore(versions=[StateDocument.model_validate_json(text)])
    clock = SystemClock()
    async with Clients(for_emulator(clouds.emulator(endpoint, None), SUBSCRIPTION), clock) as clients:
        reader = AzureReader(clients)
        writer = AzureWriter(clients, reader)
        session = Session(reader, writer, store, clock, SUBSCRIPTION, clients.close, emulated=True)
        return await make_plan(session, project, Options())


def main(pools: int = 10_000, accounts: int = 100, latency: float = 25.0, *, profile: bool = False) -> None:
    """Measure, and print."""
    folder = tempfile.mkdtemp()
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(there, folder, pools, accounts, latency / 1000))
    process.start()
    endpoint, state = here.recv()
    (Path(folder) / "main.batch.hcl").write_text(
        HEAD.format(each=pools // accounts, accounts=accounts), encoding="utf-8"
    )
    here.send("count")
    before = here.recv()
    profiler = cProfile.Profile()
    started, worked = time.perf_counter(), time.process_time()
    if profile:
        profiler.enable()
    plans: list[Any] = []

    async def kept() -> None:
        # Not returned, as in the commands: asyncio would write out the plan to look at its handler of SIGINT.
        plans.append(await planned(Path(folder), endpoint, state))

    asyncio.run(kept())
    plan = plans[0]
    profiler.disable()
    took, busy = time.perf_counter() - started, time.process_time() - worked
    here.send("count")
    calls = here.recv() - before
    here.send("stop")
    process.join()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{pools} pools in {accounts} accounts, {latency:.0f} ms: {took:.2f} s ({busy:.2f} s of processor), "
        f"{calls} calls ({calls / accounts:.1f} an account), {memory:.0f} MB, "
        f"{'no changes' if plan.is_empty else f'{len(plan.changes.objects)} changes'}"
    )
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:] if not one.startswith("--")]
    main(*(int(one) for one in given[:2]), *given[2:3], profile="--profile" in sys.argv)
