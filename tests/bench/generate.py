"""Large configurations to measure with: `python tests/bench/generate.py 10000 > big.tf`."""

import sys

_BLOCK = """resource "azurerm_batch_pool" "pool_{n}" {{
  name                = "pool-{n}-${{var.environment}}"
  resource_group_name = azurerm_resource_group.example.name
  account_name        = local.accounts["account-{small}"].name
  display_name        = upper(format("Pool %04d of %s", {n}, var.project))
  vm_size             = var.large ? "Standard_D8s_v5" : "Standard_D2s_v5"
  node_agent_sku_id   = lookup(local.skus, "ubuntu-{small}", "batch.node.ubuntu 22.04")
  max_tasks_per_node  = {small} * 2 + 1
  priority            = -{small}.5
  tags                = {{ environment = var.environment, index = {n}, owner = "team-{small}" }}
  zones               = ["1", "2", "3"]
  enabled             = var.enabled && {n} % 2 == 0 || !var.strict
  subnets             = [for s in var.subnets : s.id if s.zone != "{small}"]

  fixed_scale {{
    target_dedicated_nodes    = {small}
    target_low_priority_nodes = max(1, {small} - 2)
    resize_timeout            = "PT15M"
  }}

  # The start task prepares every node.
  start_task {{
    command_line       = "/bin/bash -c 'echo ${{var.greeting}} {n}'"
    task_retry_maximum = 3
    wait_for_success   = true
  }}
}}

"""


def configuration(blocks: int) -> str:
    """Return a configuration with so many resource blocks, each of 12 arguments and 2 nested blocks."""
    return "".join(_BLOCK.format(n=n, small=n % 10) for n in range(blocks))


if __name__ == "__main__":
    sys.stdout.write(configuration(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
