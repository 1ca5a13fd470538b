# no unknown: changes and nodes are known when planning

# fail: a pool with nodes gets another size in place
# changes:
#   pool.p:
#     action: update
#     strategy: in_place
#     fields:
#       vm_size: [standard_d2s_v5, standard_d4s_v5, empty]
#       network_configuration.subnet_id: [a, b, empty]
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 3, current_low_priority_nodes: 1}}
pool "p" {}
---
# pass: it has no nodes
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {vm_size: [standard_d2s_v5, standard_d4s_v5, empty]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 0, current_low_priority_nodes: 0}}
pool "p" {}
---
# pass: what changes can change at any time
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {start_task.command_line: [a, b, reboot]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 3}}
pool "p" {}
---
# not_applicable: it is emptied first
# changes:
#   pool.p: {action: update, strategy: drain_and_patch, fields: {vm_size: [standard_d2s_v5, standard_d4s_v5, empty]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 3}}
pool "p" {}
---
# not_applicable: it is replaced
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
