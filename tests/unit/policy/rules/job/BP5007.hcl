# fail: a job may run for twice the interval
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    constraints { max_wall_clock_time = "PT2H" }
  }
}
---
# fail: nothing limits a job
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
# pass: a job ends before the next is due
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    constraints { max_wall_clock_time = "PT50M" }
  }
}
---
# pass: as long as the interval
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    constraints { max_wall_clock_time = "PT60M" }
  }
}
---
# not_applicable: it makes one job
job_schedule "nightly" {
  schedule { do_not_run_until = "2026-12-01T00:00:00Z" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
  }
}
---
# unknown: the interval is told after apply
job_schedule "nightly" {
  schedule { recurrence_interval = local.unknown }
  job_specification {
    pool_info { pool_id = "elsewhere" }
  }
}
---
# unknown: the wall clock is told after apply
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
    constraints { max_wall_clock_time = local.unknown }
  }
}
