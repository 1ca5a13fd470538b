# fail: a size that is gone, and others are alike
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4}
#       - {name: Standard_E4s_v5, cores: 4}
#       - {name: Standard_D8s_v5, cores: 8}
pool "p" {
  vm_size = "standard_d4s_v2"
}
---
# fail: others have as many cores
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4}
#       - {name: Standard_E4s_v5, cores: 4}
#       - {name: Standard_D8s_v5, cores: 8}
pool "p" {
  vm_size = "standard_nc4as_t4_v3"
}
---
# fail: nothing is alike
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D8s_v5, cores: 8}
pool "p" {
  vm_size = "standard_nc24ads_a100_v4"
}
---
# fail: the backup's region does not have it
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4}
#     northeurope:
#       - {name: Standard_D4as_v5, cores: 4}
account "north" { location = "North Europe" }
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# pass: the region has it
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4}
pool "p" {}
---
# pass: a new size that the region has
# changes:
#   pool.p: {action: replace, replaced_by: p-2, fields: {vm_size: [standard_d2s_v5, standard_d4s_v5, empty]}}
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4}
pool "p" {}
---
# not_applicable: a pool that keeps its nodes
# changes:
#   pool.p: {action: noop}
# live:
#   vm_sizes:
#     westeurope: []
pool "p" {}
---
# unknown: the size is told after apply
# live:
#   vm_sizes:
#     westeurope: []
pool "p" {
  vm_size = local.unknown
}
---
# not_checked: the sizes were not read
pool "p" {}
