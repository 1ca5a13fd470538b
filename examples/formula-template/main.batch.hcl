# Autoscale formulas live in files of their own, with placeholders for what differs from pool to pool.

variable "pools" {
  type = map(object({
    formula    = string
    vm_size    = string
    max_nodes  = number
    min_nodes  = optional(number, 0)
    interval   = optional(string, "PT5M")
    work_hours = optional(object({ from = number, to = number }), { from = 7, to = 19 })
  }))
  default = {
    burst  = { formula = "pending-tasks", vm_size = "standard_d8s_v3", max_nodes = 50 }
    office = { formula = "office-hours", vm_size = "standard_d4s_v3", max_nodes = 10, min_nodes = 1 }
  }
}

account "west" {
  name                = "acmeformulas"
  resource_group_name = "rg-batch"
  location            = "westeurope"
}

pool "each" {
  for_each = var.pools

  account_id        = account.west.id
  name              = each.key
  vm_size           = each.value.vm_size
  node_agent_sku_id = "batch.node.ubuntu 24.04"

  image_reference {
    publisher = "canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server"
  }

  auto_scale {
    formula = templatefile("${path.module}/formulas/${each.value.formula}.txt", {
      low  = each.value.min_nodes
      high = each.value.max_nodes
      from = each.value.work_hours.from
      to   = each.value.work_hours.to
    })
    evaluation_interval = each.value.interval
  }

  lifecycle {
    precondition {
      condition     = each.value.min_nodes <= each.value.max_nodes
      error_message = "${each.key} is to have at least ${each.value.min_nodes} and at most ${each.value.max_nodes} nodes."
    }
  }
}

output "formulas" {
  value = { for name, pool in pool.each : name => pool.auto_scale.formula }
}
