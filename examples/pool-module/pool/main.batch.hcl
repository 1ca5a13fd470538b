variable "account_id" { type = string }
variable "name" { type = string }
variable "vm_size" { type = string }

variable "nodes" {
  type    = number
  default = 1

  validation {
    condition     = var.nodes >= 0 && var.nodes <= 100
    error_message = "A pool has at most 100 dedicated nodes here; ask the platform team for more."
  }
}

variable "spot" {
  type    = number
  default = 0
}

pool "this" {
  account_id        = var.account_id
  name              = var.name
  vm_size           = var.vm_size
  node_agent_sku_id = "batch.node.ubuntu 22.04"

  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }

  fixed_scale {
    target_dedicated_nodes    = var.nodes
    target_low_priority_nodes = var.spot
  }

  start_task {
    command_line         = "/bin/bash -c 'set -e; mkdir -p /mnt/scratch'"
    wait_for_success     = true
    max_task_retry_count = 2
  }
}

output "id" {
  description = "The id of the pool in Batch, with the suffix of its generation."
  value       = pool.this.pool_id
}
