# fail: one zone has the size
# live:
#   vm_zones: {westeurope: {standard_d4s_v5: 1}}
pool "p" {
  node_placement_configuration { policy = "Zonal" }
}
---
# fail: the region has it in no zone
# live:
#   vm_zones: {westeurope: {}}
pool "p" {
  node_placement_configuration { policy = "Zonal" }
}
---
# pass: three zones have it
# live:
#   vm_zones: {westeurope: {standard_d4s_v5: 3}}
pool "p" {
  node_placement_configuration { policy = "Zonal" }
}
---
# not_applicable: one zone is enough
pool "p" {}
---
# unknown: the size is told after apply
# live:
#   vm_zones: {westeurope: {}}
pool "p" {
  vm_size = local.unknown
  node_placement_configuration { policy = "Zonal" }
}
---
# not_checked: the zones were not read
pool "p" {
  node_placement_configuration { policy = "Zonal" }
}
