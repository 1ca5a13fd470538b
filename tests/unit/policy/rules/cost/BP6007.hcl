# fail: more nodes
# changes:
#   pool.p: {action: update, before: {fixed_scale: {target_dedicated_nodes: 2}}}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: a new pool
# changes:
#   pool.p: {action: create, before: {}}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: a larger size, and both generations for a while
# changes:
#   pool.p: {action: replace, before: {vm_size: standard_d4s_v5}, strategy: blue_green, replaced_by: p-2}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "p" {
  vm_size = "standard_d8s_v5"
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: a new image costs the same, but for both generations
# changes:
#   pool.p: {action: replace, before: {}, strategy: blue_green, replaced_by: p-2}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: a pool that goes
# changes:
#   pool.old: {action: delete, before: {vm_size: standard_d4s_v5, fixed_scale: {target_dedicated_nodes: 2}}}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
account "other" {
  name                = "other"
  resource_group_name = "rg"
  location            = "westeurope"
}
---
# pass: a label
# changes:
#   pool.p: {action: update, before: {display_name: a}}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# not_applicable: it stays
# changes:
#   pool.p: {action: noop, before: {}}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# unknown: a target is told after apply
# changes:
#   pool.p: {action: update, before: {fixed_scale: {target_dedicated_nodes: 2}}}
# live:
#   prices:
#     westeurope: {currency: EUR, sizes: {standard_d4s_v5: {linux: 0.2, linux_spot: 0.04, windows: 0.4}, standard_d8s_v5: {linux: 0.4}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# not_checked: no prices were read
# changes:
#   pool.p: {action: update, before: {fixed_scale: {target_dedicated_nodes: 2}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
