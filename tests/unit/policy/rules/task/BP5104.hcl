# fail: a week of files
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {tasks_per_node_hour: 2, gigabytes_per_task: 0.5, retention_seconds: 604800}
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "153600"}}
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# pass: a day of files
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {tasks_per_node_hour: 2, gigabytes_per_task: 0.5, retention_seconds: 86400}
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "153600"}}
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: the nodes have no temporary disk
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {tasks_per_node_hour: 2, gigabytes_per_task: 0.5, retention_seconds: 604800}
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "0"}}
pool "p" {
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
#     job.render: {tasks_per_node_hour: 2, gigabytes_per_task: 0.5, retention_seconds: 604800}
job "render" {
}
---
# not_applicable: the service does not say
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {tasks_per_node_hour: 2, gigabytes_per_task: 0.5, retention_seconds: 604800}
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {}}
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: the job is not there yet
job "render" {
}
---
# unknown: the size is told after apply
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {tasks_per_node_hour: 2, gigabytes_per_task: 0.5, retention_seconds: 604800}
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "153600"}}
pool "p" {
  vm_size = local.unknown
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_checked: nobody knows how much tasks write
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {tasks_per_node_hour: 2}
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "153600"}}
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_checked: the tasks were not looked at
# observed:
#   job.render: {}
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
