# fail: MPI over zones
pool "p" {
  vm_size                  = "Standard_HB120rs_v3"
  inter_node_communication = "Enabled"
  node_placement_configuration { policy = "Zonal" }
}
---
# fail: a GPU size with InfiniBand
pool "p" {
  vm_size                  = "Standard_ND96amsr_A100_v4"
  inter_node_communication = "Enabled"
  node_placement_configuration { policy = "Zonal" }
}
---
# pass: nodes do not talk to each other
pool "p" {
  vm_size = "Standard_HB120rs_v3"
  node_placement_configuration { policy = "Zonal" }
}
---
# pass: a size without InfiniBand
pool "p" {
  inter_node_communication = "Enabled"
  node_placement_configuration { policy = "Zonal" }
}
---
# not_applicable: one zone
pool "p" {
  vm_size                  = "Standard_HB120rs_v3"
  inter_node_communication = "Enabled"
}
---
# unknown: the policy is told after apply
pool "p" {
  vm_size                  = "Standard_HB120rs_v3"
  inter_node_communication = "Enabled"
  node_placement_configuration { policy = local.unknown }
}
