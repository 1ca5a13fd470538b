# fail: two pools are too many for it
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, address_prefixes: [10.0.0.0/27], used: 0}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 20 }
}
pool "q" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  auto_scale { formula = "$TargetDedicatedNodes = min(10, 12);" }
}
---
# fail: a second pool lives beside it for a while, and others are there
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 10, current_low_priority_nodes: 0}}
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, address_prefixes: [10.0.0.0/27], used: 25}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 10 }
  replacement { surge = "50%" }

}
---
# pass: two ranges hold them
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, address_prefixes: [10.0.0.0/27, 10.0.1.0/27], used: 20}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 30 }
}
---
# pass: it is resized in place
# changes:
#   pool.p: {action: replace, strategy: recreate}
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, address_prefixes: [10.0.0.0/27]}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# pass: a formula without a bound counts with what it asks for at least
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, address_prefixes: [10.0.0.0/27]}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  auto_scale { formula = "$TargetDedicatedNodes = $PendingTasks.GetSample(1);" }
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
# unknown: the size is told after apply
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, address_prefixes: [10.0.0.0/27]}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# fail: only a formula may ask for too many
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: westeurope, address_prefixes: [10.0.0.0/27], used: 0}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
  }
  auto_scale { formula = "$TargetDedicatedNodes = min(100, $PendingTasks.GetSample(1));" }
}
