# no unknown: what is replaced or deleted is known when planning

# fail: a pool with bad nodes is replaced
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     pool.p:
#       by_state: {idle: 6, unusable: 1, starttaskfailed: 1}
#       failures: [{node: tvm-17, state: starttaskfailed}, {node: tvm-19, state: unusable}]
pool "p" {}
---
# fail: a pool with a bad node is deleted
# changes:
#   pool.old: {action: delete, strategy: remove}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: {by_state: {unusable: 1}, failures: [{node: tvm-1, state: unusable}]}
---
# pass: the logs are collected
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {
  replacement {
    node_logs { container_url = "https://logs.blob.core.windows.net/batch" }
  }
}
---
# pass: all nodes are well
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# live:
#   nodes:
#     pool.p: {by_state: {idle: 8}}
pool "p" {}
---
# not_checked: the nodes were not read
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
---
# not_applicable: the nodes stay
# changes:
#   pool.p: {action: update}
pool "p" {}
