# fail: addresses are allowed on the ports of Batch
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules: [{name: batch-in, direction: Inbound, priority: 100, access: Allow, sources: [13.69.65.64/28], ports: ["29876-29877"]}]
#   service_tags: {BatchNodeManagement.westeurope: [13.69.65.64/28]}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# fail: a rule and a route name published addresses
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules: [{name: out, direction: Outbound, priority: 100, access: Allow, destinations: [13.69.65.70/32], ports: ["443"]}]
#       routes: [{name: to-batch, prefix: 13.69.65.64/28, next_hop: Internet}]
#   service_tags: {BatchNodeManagement.westeurope: [13.69.65.64/28, "2603:1020:206::/64"]}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# pass: tags and other addresses
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules:
#         - {name: batch, direction: Outbound, priority: 100, access: Allow, destinations: [BatchNodeManagement.westeurope], ports: ["443"]}
#         - {name: office, direction: Inbound, priority: 100, access: Allow, sources: [203.0.113.0/24], ports: ["22"]}
#       routes: [{name: default, prefix: 0.0.0.0/0, next_hop: VirtualAppliance}]
#   service_tags: {BatchNodeManagement.westeurope: [13.69.65.64/28]}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# not_checked: the service tags were not read
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope}
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
