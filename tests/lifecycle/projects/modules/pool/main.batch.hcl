variable "account_id" { type = string }
variable "name" { type = string }
variable "nodes" { type = number }

pool "this" {
  account_id        = var.account_id
  name              = var.name
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  fixed_scale { target_dedicated_nodes = var.nodes }
}

job "this" {
  account_id = var.account_id
  name       = "job-${var.name}"
  pool_info { pool_id = pool.this.pool_id }
}

output "id" { value = pool.this.pool_id }
