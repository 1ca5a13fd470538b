# A pool that exists already, taken over as it is. The account stays with whoever has it.

provider "azure" {
  environment = "emulator"
}

locals {
  account_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-old/providers/Microsoft.Batch/batchAccounts/olderenders"
}

import {
  to = pool.render
  id = "${local.account_id}/pools/render"
}

pool "render" {
  account_id          = local.account_id
  name                = "render"
  vm_size             = "standard_d4s_v3"
  node_agent_sku_id   = "batch.node.ubuntu 22.04"
  task_slots_per_node = 4

  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }

  fixed_scale {
    target_dedicated_nodes = 2
  }

  start_task {
    command_line     = "/bin/bash -c 'echo ready'"
    wait_for_success = true
  }

  metadata {
    name  = "team"
    value = "pictures"
  }
}
