# fail: a rule was copied from another region; two pools, one finding
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: West Europe
#       rules: [{name: batch, direction: Outbound, priority: 100, access: Allow, destinations: [BatchNodeManagement.NorthEurope], ports: ["443"]}]
#       routes: [{name: batch, prefix: BatchNodeManagement.EastUS, next_hop: Internet}]
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
pool "q" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# pass: the region's own beside another one
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules: [{name: batch, direction: Outbound, priority: 100, access: Allow, destinations: [BatchNodeManagement.NorthEurope, BatchNodeManagement.WestEurope]}]
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# pass: the tag of all regions
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules: [{name: batch, direction: Inbound, priority: 100, access: Allow, sources: [BatchNodeManagement]}]
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# pass: no tags at all
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# not_checked: the subnet was not read
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# not_applicable: no network of one's own
pool "p" {}
---
# unknown: the subnet is told after apply
pool "p" {
  network_configuration {
    subnet_id = local.unknown
  }
}
