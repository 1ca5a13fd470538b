# no unknown: changes and nodes are known when planning

# fail: the start task and a package change under nodes
# changes:
#   pool.p:
#     action: update
#     strategy: in_place
#     fields:
#       start_task.command_line: [./a.sh, ./b.sh, reboot]
#       start_task.max_task_retry_count: [0, 3, reboot]
#       application_packages: [[], [{id: tool}], reboot]
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 8, current_low_priority_nodes: 0}}
pool "p" {
  start_task { command_line = "./b.sh" }
}
---
# pass: the nodes are rebooted in turn
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {start_task.command_line: [./a.sh, ./b.sh, reboot]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 8, current_low_priority_nodes: 0}}
pool "p" {
  start_task { command_line = "./b.sh" }
  replacement {
    rolling_reboot { batch_size = 2 }
  }
}
---
# pass: there are no nodes
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {start_task.command_line: [./a.sh, ./b.sh, reboot]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 0, current_low_priority_nodes: 0}}
pool "p" {
  start_task { command_line = "./b.sh" }
}
---
# pass: only sizes change
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {fixed_scale.target_dedicated_nodes: [1, 2, action]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 8, current_low_priority_nodes: 0}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# not_applicable: it is replaced
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
