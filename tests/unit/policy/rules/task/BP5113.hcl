# fail: four hours on Spot nodes
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 14400}
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# fail: four hours on Windows that updates itself
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 14400}
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# pass: half an hour
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 1800}
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: there are checkpoints
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 14400}
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  metadata {
    name  = "checkpoint"
    value = "true"
  }
}
---
# not_applicable: dedicated Linux nodes
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 14400}
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: Windows that does not update itself
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 14400}
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
  windows_configuration { enable_automatic_updates = false }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: the pool is not here
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 14400}
job "render" {
}
---
# unknown: the number of nodes is told after apply
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 14400}
pool "p" {
  fixed_scale { target_low_priority_nodes = tonumber(local.unknown) }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_checked: nobody measured
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {median_seconds: 2}
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_checked: the tasks were not looked at
# observed:
#   job.render: {}
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
