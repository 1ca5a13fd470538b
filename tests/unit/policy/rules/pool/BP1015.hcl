# no not_applicable: every pool has a size

# fail: it is gone, and the day is sure
pool "p" {
  vm_size = "standard_a1"
}
---
# fail: a pool that is there and keeps its size is only warned about
# observed: {pool.p: {}}
# changes: {pool.p: {action: update, fields: {display_name: [a, b]}}}
pool "p" {
  vm_size = "standard_a1"
}
---
# fail: one that gets the size
# observed: {pool.p: {}}
# changes: {pool.p: {action: replace, strategy: blue_green, replaced_by: p-2, fields: {vm_size: [standard_d2s_v5, standard_a1, empty]}}}
pool "p" {
  vm_size = "standard_a1"
}
---
# fail: it goes soon
# as_of: 2028-06-01
pool "p" {
  vm_size = "standard_f8s_v2"
}
---
# fail: a day that nobody confirms
# as_of: 2026-12-24
pool "p" {
  vm_size = "standard_hb120rs_v2"
}
---
# fail: past a day that nobody confirms it stays a warning
# as_of: 2027-06-24
pool "p" {
  vm_size = "standard_hc44rs"
}
---
# fail: the service names a day
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4, batch_support_end_of_life: 2027-02-28T00:00:00Z}
pool "p" {}
---
# pass: the service names a later day than the table
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_A1, cores: 1, batch_support_end_of_life: 2029-02-28T00:00:00Z}
pool "p" {
  vm_size = "standard_a1"
}
---
# pass: nobody names an end
pool "p" {}
---
# pass: the end is far
pool "p" {
  vm_size = "standard_f8s_v2"
}
---
# unknown: the size is told after apply
pool "p" {
  vm_size = local.unknown
}
---
# fail: the size of an auto pool
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_a1"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 18.04"
          image_reference {
            publisher = "Canonical"
            offer     = "UbuntuServer"
            sku       = "18.04-LTS"
          }
        }
        start_task {
          command_line     = "/bin/bash -c ./start.sh"
          wait_for_success = true
        }
      }
    }
  }
}
