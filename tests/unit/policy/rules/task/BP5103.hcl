# no unknown: whether it is said is always known

# fail: three tasks
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    constraints { max_task_retry_count = 1 }
  }
  job_preparation_task {
    command_line = "/bin/true"
  }
  job_release_task {
    command_line = "/bin/true"
  }
}
---
# pass: each says it
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    job_manager_task {
      id           = "manager"
      command_line = "python3 manage.py"
      constraints { retention_time = "P1D" }
    }
    job_preparation_task {
      command_line = "/bin/true"
      constraints { retention_time = "PT1H" }
    }
    job_release_task {
      command_line = "/bin/true"
      retention_time = "PT1H"
    }
  }
}
---
# not_applicable: it has no task
job "render" {
}
