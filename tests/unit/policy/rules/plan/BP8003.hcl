# fail: two nodes are missing
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-2: {by_state: {idle: 5, running: 1, starting: 2}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: nodes are there and cannot be used
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-2: {by_state: {idle: 6, unusable: 2, starttaskfailed: 3}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
  replacement {
    health {
      min_ready_nodes         = "75%"
      max_start_task_failures = 1
    }
  }
}
---
# fail: a number of nodes is asked for
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-2: {by_state: {}}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 4;" }
  replacement {
    health { min_ready_nodes = "1" }
  }
}
---
# pass: all nodes are usable
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-2: {by_state: {idle: 7, running: 1}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# pass: a pool that scales itself may be empty
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-2: {by_state: {}}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 4;" }
}
---
# unknown: the size is told after apply
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-2: {by_state: {idle: 8}}
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# not_checked: the new pool's nodes were not read
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
---
# not_applicable: it is not replaced
# changes:
#   pool.p: {action: update}
pool "p" {}
---
# not_applicable: the plan waits for its nodes
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# steps:
#   - {type: Create, address: pool.p-2}
#   - {type: Ready, address: pool.p-2}
pool "p" {}
