# A nightly render that has to be done by the morning. Its pool has a backup in another region, which costs nothing
# until it is needed: it stands there with no nodes, and its schedules make no jobs.

variable "nodes" {
  type        = number
  description = "How many nodes the work needs, in whichever region does it."
  default     = 4
}

locals {
  stores = {
    west  = "https://acmerenderweu.blob.core.windows.net/scenes"
    north = "https://acmerenderneu.blob.core.windows.net/scenes"
  }
}

account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render-weu"
  location            = "westeurope"
}

account "north" {
  name                = "acmerenderneu"
  resource_group_name = "rg-render-neu"
  location            = "northeurope"
}

pool "render" {
  account_id        = account.west.id
  name              = "render"
  vm_size           = "standard_d4s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"

  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }

  fixed_scale {
    target_dedicated_nodes = var.nodes
  }

  # The same pool in another account. Only what is different is written here: where it is, and that it has no nodes
  # while it stands ready. Where a region lacks the VM size, vm_size goes here too.
  backup "north" {
    account_id = account.north.id
    fixed_scale {
      target_dedicated_nodes = 0
    }
  }
}

job_schedule "nightly" {
  account_id = account.west.id
  name       = "nightly"

  # Its runs cannot wait for a region to come back: without the backup a plan would be refused (BP3013).
  metadata {
    name  = "time_sensitive"
    value = "true"
  }

  schedule {
    recurrence_interval = "P1D"
  }

  job_specification {
    all_tasks_complete_mode = "terminatejob"

    pool_info {
      pool_id = pool.render.pool_id
    }

    job_manager_task {
      id           = "manager"
      command_line = "/bin/bash -c 'sleep 600'"
    }

    common_environment_settings {
      name  = "SCENES"
      value = local.stores.west
    }
  }

  # What is bound to the region is different there. The rest of the schedule is the same, its hours too.
  backup "north" {
    job_specification {
      common_environment_settings {
        name  = "SCENES"
        value = local.stores.north
      }
    }
  }
}

output "render_pool" {
  value = pool.render.pool_id
}
