variable "note" {
  type    = string
  default = "one"
}

variable "slots" {
  type    = number
  default = 1
}

variable "strategy" {
  type    = string
  default = "blue_green"
}

account "west" {
  name                = "everywest"
  resource_group_name = "rg"
  location            = "westeurope"
  tags                = { note = var.note }
  auto_storage {
    storage_account_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/everystore"
  }
}

account "north" {
  name                = "everynorth"
  resource_group_name = "rg"
  location            = "northeurope"
}

application "tool" {
  account_id   = account.west.id
  name         = "tool"
  display_name = "The tool, ${var.note}"
}

application_package "tool" {
  application_id = application.tool.id
  version        = "1.0"
  source         = "tool.zip"
}

pool "main" {
  for_each            = { a = account.west.id, b = account.north.id }
  account_id          = each.value
  name                = "main-${each.key}"
  vm_size             = "standard_d2s_v3"
  node_agent_sku_id   = "batch.node.ubuntu 22.04"
  task_slots_per_node = var.slots
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  fixed_scale {
    target_dedicated_nodes = 1
  }
  start_task {
    command_line     = "/bin/bash -c 'echo ${var.note}'"
    wait_for_success = true
  }
  dynamic "application_packages" {
    for_each = each.key == "a" ? [1] : []
    content {
      id      = application.tool.id
      version = application_package.tool.version
    }
  }
  replacement {
    strategy = var.strategy
  }
}

pool "scaled" {
  account_id        = account.north.id
  name              = "scaled"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  auto_scale {
    formula             = "// ${var.note}\n$TargetDedicatedNodes = 1;"
    evaluation_interval = var.note == "one" ? "PT10M" : "PT15M"
  }
}

job "work" {
  for_each   = { a = account.west.id, b = account.north.id }
  account_id = each.value
  name       = "work"
  priority   = var.note == "one" ? 1 : 2
  pool_info {
    pool_id = pool.main[each.key].pool_id
  }
}

job_schedule "nightly" {
  for_each   = { a = account.west.id, b = account.north.id }
  account_id = each.value
  name       = "nightly"
  schedule {
    do_not_run_until    = "2030-01-01T00:00:00Z"
    recurrence_interval = var.note == "one" ? "PT24H" : "PT12H"
  }
  job_specification {
    pool_info {
      pool_id = pool.main[each.key].pool_id
    }
  }
}

output "note" {
  value = var.note
}
