# Two accounts, an application, two pools, a job and a job schedule, on the emulator.

provider "azure" {
  environment = "emulator"
}

locals {
  image = {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
}

account "west" {
  name                = "quickstartweu"
  resource_group_name = "rg-quickstart"
  location            = "westeurope"
}

account "north" {
  name                = "quickstartneu"
  resource_group_name = "rg-quickstart"
  location            = "northeurope"
}

application "renderer" {
  account_id   = account.west.id
  name         = "renderer"
  display_name = "The renderer"
}

pool "render" {
  account_id        = account.west.id
  name              = "render"
  vm_size           = "standard_d4s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"

  image_reference {
    publisher = local.image.publisher
    offer     = local.image.offer
    sku       = local.image.sku
    version   = "latest"
  }

  fixed_scale {
    target_dedicated_nodes = 2
  }

  start_task {
    command_line     = "/bin/bash -c 'echo ready'"
    wait_for_success = true
  }
}

pool "spare" {
  account_id        = account.north.id
  name              = "spare"
  vm_size           = "standard_d4s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"

  image_reference {
    publisher = local.image.publisher
    offer     = local.image.offer
    sku       = local.image.sku
    version   = "latest"
  }

  auto_scale {
    formula             = "$TargetDedicatedNodes = 0;"
    evaluation_interval = "PT5M"
  }
}

job "ingest" {
  account_id = account.west.id
  name       = "ingest"

  pool_info {
    pool_id = pool.render.pool_id
  }

  constraints {
    max_wall_clock_time = "P7D"
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
      command_line = "/bin/bash -c 'echo nightly'"
    }

    constraints {
      max_wall_clock_time = "PT8H"
    }
  }
}

output "render_pool" {
  value = pool.render.pool_id
}
