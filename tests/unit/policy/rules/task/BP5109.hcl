# fail: a year
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    constraints { max_wall_clock_time = "P365D" }
  }
}
---
# fail: the preparation task of a schedule's jobs
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    job_preparation_task {
      command_line = "/bin/true"
      constraints { max_wall_clock_time = "P181D" }
    }
  }
}
---
# pass: a week
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    constraints { max_wall_clock_time = "P7D" }
  }
}
---
# pass: the job may live longer than its tasks
job "render" {
  constraints { max_wall_clock_time = "P365D" }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# not_applicable: it has no task
job "render" {
}
---
# unknown: it is told after apply
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    constraints { max_wall_clock_time = local.unknown }
  }
}
