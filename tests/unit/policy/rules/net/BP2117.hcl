# fail: two hundred nodes and one address left
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 60, current_low_priority_nodes: 0}}
# live:
#   network_usage:
#     00000000-0000-0000-0000-000000000000/westeurope:
#       public_ip_addresses: {limit: 10, used: 9}
#       load_balancers: {limit: 100, used: 3}
#       network_security_groups: {limit: 100, used: 99}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 200 }
}
---
# pass: there are enough
# live:
#   network_usage:
#     00000000-0000-0000-0000-000000000000/westeurope: {public_ip_addresses: {limit: 10, used: 6}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 200 }
}
---
# not_checked: what is used was not read
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 200 }
}
---
# not_applicable: few nodes
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 50 }
}
---
# not_applicable: no bound
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  auto_scale { formula = "$TargetDedicatedNodes = $PendingTasks.GetSample(1);" }
}
---
# not_applicable: no addresses
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }
  fixed_scale { target_dedicated_nodes = 200 }
}
---
# not_applicable: no network of one's own
pool "p" {
  fixed_scale { target_dedicated_nodes = 200 }
}
---
# unknown: the size is told after apply
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
