# fail: no endpoint and no way out
# live:
#   private_endpoints: {west: []}
#   subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, routes: [{name: inside, prefix: 10.0.0.0/8, next_hop: VirtualAppliance}]}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }

}
---
# fail: no network
pool "p" {
  network_configuration {
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }
}
---
# pass: an endpoint
# live:
#   private_endpoints: {west: [{group: nodeManagement, state: Approved}]}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }

}
---
# pass: a NAT gateway
# live:
#   private_endpoints: {west: []}
#   subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, nat_gateway: true}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }

}
---
# pass: a route to a firewall
# live:
#   private_endpoints: {west: []}
#   subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, routes: [{name: default, prefix: 0.0.0.0/0, next_hop: VirtualAppliance}]}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }

}
---
# not_checked: the endpoints were not read
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }

}
---
# not_applicable: public addresses
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# unknown: told after apply
pool "p" {
  network_configuration {
    public_ip_address_configuration { provision = local.unknown }
  }
}
