variable "backups" {
  type    = map(number)
  default = { north = 0 }
}

variable "note" {
  type    = string
  default = "one"
}

variable "slots" {
  type    = number
  default = 1
}

account "west" {
  name                = "acmewest"
  resource_group_name = "rg"
  location            = "westeurope"
  auto_storage {
    storage_account_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/weststore"
  }
}

account "north" {
  name                = "acmenorth"
  resource_group_name = "rg"
  location            = "northeurope"
  auto_storage {
    storage_account_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/northstore"
  }
}

application "tool" {
  account_id = account.west.id
  name       = "tool"
}

application_package "tool" {
  application_id = application.tool.id
  version        = "1.0"
  source         = "tool.zip"
}

application_package "other" {
  application_id = application.tool.id
  version        = "0.9"
  source         = "tool.zip"
}

pool "render" {
  account_id          = account.west.id
  name                = "render"
  vm_size             = "standard_d2s_v3"
  node_agent_sku_id   = "batch.node.ubuntu 22.04"
  task_slots_per_node = var.slots
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  fixed_scale {
    target_dedicated_nodes = 3
  }
  start_task {
    command_line = "/bin/bash -c 'echo ${var.note}'"
  }
  application_packages {
    id      = application.tool.id
    version = application_package.tool.version
  }
  dynamic "backup" {
    for_each = var.backups
    labels   = [backup.key]
    content {
      account_id = account.north.id
      vm_size    = "standard_d4s_v3"
      fixed_scale {
        target_dedicated_nodes = backup.value
      }
    }
  }
}

job_schedule "nightly" {
  account_id = account.west.id
  name       = "nightly"
  schedule {
    recurrence_interval = "PT1H"
  }
  job_specification {
    pool_info {
      pool_id = pool.render.pool_id
    }
    all_tasks_complete_mode = "terminatejob"
    job_manager_task {
      id                     = "manager"
      command_line           = "sleep 600"
      kill_job_on_completion = false
    }
    common_environment_settings {
      name  = "STORE"
      value = "https://weststore.blob.core.windows.net/in"
    }
    common_environment_settings {
      name  = "NOTE"
      value = var.note
    }
  }
  backup "north" {
    job_specification {
      common_environment_settings {
        name  = "STORE"
        value = "https://northstore.blob.core.windows.net/in"
      }
    }
  }
}

job_schedule "hourly" {
  account_id = account.west.id
  name       = "hourly"
  schedule {
    do_not_run_until    = "2025-06-01T09:15:00Z"
    recurrence_interval = "PT30M"
  }
  job_specification {
    pool_info {
      pool_id = pool.render.pool_id
    }
    all_tasks_complete_mode = "terminatejob"
    job_manager_task {
      id                     = "manager"
      command_line           = "sleep 60"
    }
  }
}
