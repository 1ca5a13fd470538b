# fail: four slots on nodes with one
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    required_slots = 4
  }
}
---
# fail: a schedule with an auto pool
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info {
      auto_pool_specification {
        pool_lifetime_option = "jobschedule"
        pool {
          vm_size = "standard_d4s_v5"
          task_slots_per_node = 2
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
    job_manager_task {
      id           = "manager"
      command_line = "python3 manage.py"
      required_slots = 4
    }
  }
}
---
# pass: as many as there are
pool "p" {
  task_slots_per_node = 4
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    required_slots = 4
  }
}
---
# pass: one of one
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# not_applicable: it has no manager
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: the pool is not here
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    required_slots = 4
  }
}
---
# unknown: the number is told after apply
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    required_slots = tonumber(local.unknown)
  }
}
