# no unknown: what happens to a pool is always known

# fail: the old pool goes first
# changes:
#   pool.p: {action: replace, strategy: recreate, fields: {vm_size: [standard_d2s_v5, standard_d4s_v5, empty]}}
pool "p" {
  replacement { strategy = "recreate" }
}
---
# pass: blue-green
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
---
# not_applicable: nothing is replaced
# changes:
#   pool.p: {action: update}
pool "p" {}
---
# fail: an empty pool is only warned about
# changes:
#   pool.p: {action: replace, strategy: recreate}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 0, current_low_priority_nodes: 0}}
pool "p" {
  replacement { strategy = "recreate" }
}
