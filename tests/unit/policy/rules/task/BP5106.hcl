# fail: the pool has Spot nodes
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# fail: a formula may ask for some
pool "p" {
  auto_scale { formula = "$TargetLowPriorityNodes = min(5, $PendingTasks.GetSample(1));" }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  constraints { max_task_retry_count = 0 }
}
---
# fail: an auto pool of a schedule
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info {
      auto_pool_specification {
        pool_lifetime_option = "jobschedule"
        pool {
          vm_size = "standard_d4s_v5"
          target_low_priority_nodes = 4
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
}
---
# fail: an auto pool with a formula
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        enable_auto_scale  = true
        auto_scale_formula = "$TargetLowPriorityNodes = 3;"
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
# pass: twice
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  constraints { max_task_retry_count = 2 }
}
---
# not_applicable: the nodes are dedicated
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: the pool is not here
job "render" {
}
---
# unknown: the number is told after apply
pool "p" {
  fixed_scale { target_low_priority_nodes = 2 }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  constraints { max_task_retry_count = tonumber(local.unknown) }
}
