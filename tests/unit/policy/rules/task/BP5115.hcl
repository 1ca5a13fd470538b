# fail: unset is disabled
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {multi_instance_tasks: 3}
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# fail: an auto pool
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {multi_instance_tasks: 3}
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            publisher = "microsoft-dsvm"
            offer     = "ubuntu-hpc"
            sku       = "2204"
          }
        }
      }
    }
  }
}
---
# pass: enabled
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {multi_instance_tasks: 3}
pool "p" {
  inter_node_communication = "Enabled"
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# pass: an auto pool whose nodes talk
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {multi_instance_tasks: 3}
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        enable_inter_node_communication = true
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            publisher = "microsoft-dsvm"
            offer     = "ubuntu-hpc"
            sku       = "2204"
          }
        }
      }
    }
  }
}
---
# not_applicable: plain tasks
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {multi_instance_tasks: 0}
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
#     job.render: {multi_instance_tasks: 3}
job "render" {
}
---
# unknown: it is told after apply
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {multi_instance_tasks: 3}
pool "p" {
  inter_node_communication = local.unknown
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
---
# pass: however it is written
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {multi_instance_tasks: 3}
pool "p" {
  inter_node_communication = "enabled"
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
