# no unknown: whether a block is there is always known

# fail: nothing fills its jobs
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
  }
}
---
# pass: a manager does
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    job_manager_task {
      id           = "manager"
      command_line = "python3 manage.py"
    }
  }
}
---
# not_applicable: a job is no schedule
job "render" {
}
