# fail: ten nodes
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 8 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# fail: a formula at its most
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 2 }
}
pool "b" {
  auto_scale { formula = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));" }
}
---
# fail: a formula without limit
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "a" {
  auto_scale { formula = "$TargetDedicatedNodes = max(0, $PendingTasks.GetSample(1));" }
}
---
# fail: Windows costs more
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 4 }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# pass: Spot nodes
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 20
  }
}
---
# pass: what goes costs nothing any more
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
# changes:
#   pool.old: {action: delete, before: {vm_size: standard_d4s_v5, fixed_scale: {target_dedicated_nodes: 50}}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# not_applicable: no policy set names a budget
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 100 }
}
---
# unknown: a target is told after apply
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# not_checked: the price of a size was not read
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "west" {}
pool "a" {
  vm_size = "standard_f4s_v2"
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_checked: the region is not known
# params: {monthly: 1000}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "a" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere"
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_checked: no prices were read
# params: {monthly: 1000}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
