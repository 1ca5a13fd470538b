# One module describes what a pool of this company looks like; it is called once for each pool.

variable "pools" {
  type = map(object({
    vm_size = string
    nodes   = optional(number, 1)
    spot    = optional(number, 0)
  }))
  default = {
    render  = { vm_size = "standard_d16s_v3", nodes = 4 }
    encode  = { vm_size = "standard_d8s_v3", spot = 10 }
    reports = { vm_size = "standard_d2s_v3", nodes = 2 }
  }
}

account "west" {
  name                = "acmepools"
  resource_group_name = "rg-batch"
  location            = "westeurope"
}

module "pool" {
  source   = "./pool"
  for_each = var.pools

  account_id = account.west.id
  name       = each.key
  vm_size    = each.value.vm_size
  nodes      = each.value.nodes
  spot       = each.value.spot
}

job_schedule "nightly" {
  account_id = account.west.id
  name       = "nightly"

  schedule { recurrence_interval = "PT24H" }

  job_specification {
    pool_info { pool_id = module.pool["reports"].id }
    job_manager_task {
      id           = "manager"
      command_line = "/bin/bash -c 'python3 report.py'"
    }
    constraints { max_wall_clock_time = "PT4H" }
  }
}

output "pool_ids" {
  value = { for name, pool in module.pool : name => pool.id }
}
