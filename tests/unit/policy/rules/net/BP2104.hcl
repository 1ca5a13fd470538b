# fail: all outbound traffic is denied
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: West Europe
#       rules:
#         - {name: deny-all, direction: Outbound, priority: 4000, access: Deny}
#         - {name: storage, direction: Outbound, priority: 100, access: Allow, destinations: [Storage.WestEurope], ports: ["443"]}
#         - {name: ssh, direction: Inbound, priority: 100, access: Allow, ports: ["22"]}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# fail: a route drops it, and there are public addresses
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       routes: [{name: nowhere, prefix: 0.0.0.0/0, next_hop: None}]
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# fail: no public addresses, and no endpoint
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules: [{name: deny-web, direction: Outbound, priority: 200, access: Deny, protocol: Tcp, ports: ["80", "400-500"]}]
#   private_endpoints: {west: [{group: batchAccount, state: Approved}]}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }

}
---
# pass: it is let through before all is denied
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules:
#         - {name: batch, direction: Outbound, priority: 100, access: Allow, destinations: [BatchNodeManagement.WestEurope], ports: ["443"]}
#         - {name: deny-all, direction: Outbound, priority: 4000, access: Deny}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# pass: no rules of its own, a route for Batch, and a denial for others
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules: [{name: deny-some, direction: Outbound, priority: 100, access: Deny, sources: [10.0.9.0/24]}]
#       routes: [{name: nowhere, prefix: 0.0.0.0/0, next_hop: None}, {name: batch, prefix: BatchNodeManagement, next_hop: Internet}]
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# not_applicable: a private endpoint leads there
# live:
#   subnets:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch:
#       location: westeurope
#       rules: [{name: deny-all, direction: Outbound, priority: 4000, access: Deny}]
#   private_endpoints: {west: [{group: nodeManagement, state: Approved}]}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }

}
---
# not_applicable: no network of one's own
pool "p" {}
---
# not_checked: the subnet was not read
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# unknown: the subnet is told after apply
pool "p" {
  network_configuration {
    subnet_id = local.unknown
  }
}
