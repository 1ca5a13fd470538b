# fail: the tasks of a job
job "render" {
  constraints { max_task_retry_count = -1 }
}
---
# fail: the manager of a schedule
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    job_manager_task {
      id           = "manager"
      command_line = "python3 manage.py"
      constraints { max_task_retry_count = -1 }
    }
  }
}
---
# fail: a start task
pool "p" {
  start_task {
    command_line         = "/bin/true"
    max_task_retry_count = -1
  }
}
---
# fail: the start task of an auto pool
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        start_task {
          command_line         = "/bin/true"
          max_task_retry_count = -1
        }
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
# pass: three times
job "render" {
  constraints { max_task_retry_count = 3 }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    constraints { max_task_retry_count = 1 }
  }
}
---
# pass: unset is never
job "render" {
}
---
# pass: a start task
pool "p" {
  start_task {
    command_line         = "/bin/true"
    max_task_retry_count = 3
  }
}
---
# not_applicable: a pool without a start task
pool "p" {}
---
# unknown: the number is told after apply
job "render" {
  constraints { max_task_retry_count = tonumber(local.unknown) }
}
