# A pool that is exchanged for another one while its work goes on.

provider "azure" {
  environment = "emulator"
}

variable "vm_size" {
  type        = string
  default     = "standard_d4ds_v5"
  description = "The size of the nodes. A pool takes another one only without nodes, so a change brings a new pool."
}

account "west" {
  name                = "bluegreenweu"
  resource_group_name = "rg-blue-green"
  location            = "westeurope"
}

pool "render" {
  account_id        = account.west.id
  name              = "render"
  vm_size           = var.vm_size
  node_agent_sku_id = "batch.node.ubuntu 22.04"

  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }

  fixed_scale {
    target_dedicated_nodes = 4
  }

  start_task {
    command_line     = "/bin/bash -c 'set -e; echo ready'"
    wait_for_success = true
  }

  replacement {
    strategy      = "blue_green"
    surge         = "50%" # begin with two of four nodes; the rest comes when the old pool is empty
    running_tasks = "wait"
    retain        = "PT24H"

    health {
      min_ready_nodes = "100%"
      timeout         = "PT20M"
      settle          = "PT1M"
    }

    smoke_test {
      command_line = "/bin/bash -c 'echo it works'"
      timeout      = "PT5M"
    }

    drain {
      timeout    = "PT6H"
      on_timeout = "pause"
    }
  }
}

job "ingest" {
  account_id = account.west.id
  name       = "ingest"

  pool_info {
    pool_id = pool.render.pool_id
  }
}

job_schedule "nightly" {
  account_id = account.west.id
  name       = "nightly"

  schedule {
    recurrence_interval = "PT24H"
  }

  job_specification {
    pool_info {
      pool_id = pool.render.pool_id
    }

    job_manager_task {
      id           = "manager"
      command_line = "/bin/bash -c 'echo adding the tasks of tonight'"
    }
  }
}

output "render_pool" {
  value = pool.render.pool_id
}
