# fail: no task uses it
# observed: {pool.p: {}}
# live:
#   multi_instance_tasks: {pool.p: 0}
pool "p" {
  inter_node_communication = "Enabled"
}
---
# pass: tasks use it
# observed: {pool.p: {}}
# live:
#   multi_instance_tasks: {pool.p: 12}
pool "p" {
  inter_node_communication = "Enabled"
}
---
# not_applicable: it is disabled unless asked for
pool "p" {}
---
# not_applicable: it is not there yet
pool "p" {
  inter_node_communication = "Enabled"
}
---
# unknown: it is told after apply
pool "p" {
  inter_node_communication = local.unknown
}
---
# not_checked: tasks were not counted
# observed: {pool.p: {}}
pool "p" {
  inter_node_communication = "Enabled"
}
