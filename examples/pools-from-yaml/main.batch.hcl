# Pools as people keep them: a list in YAML, merged with defaults and with a catalogue of images.

variable "environment" {
  type    = string
  default = "dev"

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "environment is dev or prod."
  }
}

locals {
  file     = yamldecode(file("${path.module}/pools.yaml"))
  images   = yamldecode(file("${path.module}/images.yaml"))
  pools    = { for name, pool in local.file.pools : name => merge(local.file.defaults, pool) }
  is_small = var.environment != "prod"
}

account "west" {
  name                = "acmebatchweu${var.environment}"
  resource_group_name = "rg-batch-${var.environment}"
  location            = "westeurope"
}

pool "each" {
  for_each = local.pools

  account_id          = account.west.id
  name                = each.key
  display_name        = try(each.value.title, title(each.key))
  vm_size             = each.value.vm_size
  task_slots_per_node = each.value.slots
  node_agent_sku_id   = local.images[each.value.image].agent

  image_reference {
    publisher = local.images[each.value.image].publisher
    offer     = local.images[each.value.image].offer
    sku       = local.images[each.value.image].sku
  }

  fixed_scale {
    target_dedicated_nodes = local.is_small ? min(1, each.value.nodes) : each.value.nodes
  }

  task_scheduling_policy {
    node_fill_type = each.value.slots > 1 ? "pack" : "spread"
  }

  dynamic "start_task" {
    for_each = can(each.value.start) ? [each.value.start] : []
    content {
      command_line         = "/bin/bash -c 'set -e; ${start_task.value}'"
      wait_for_success     = true
      max_task_retry_count = 2
    }
  }

  dynamic "metadata" {
    for_each = { team = each.value.team, environment = var.environment }
    content {
      name  = metadata.key
      value = metadata.value
    }
  }
}

output "pool_ids" {
  value = { for name, pool in pool.each : name => pool.pool_id }
}
