# fail: nothing ends it
job "render" {
}
---
# fail: the manager leaves it open
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    kill_job_on_completion = false
  }
}
---
# fail: the wall clock has no limit
job "render" {
  constraints { max_wall_clock_time = "P10675199DT2H48M5.4775807S" }
}
---
# fail: the jobs of a schedule
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
  }
}
---
# pass: it ends with its tasks
job "render" {
  all_tasks_complete_mode = "terminatejob"
}
---
# pass: it ends with its manager
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# pass: a schedule whose jobs end with their manager
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
# pass: it ends after a day
job "render" {
  constraints { max_wall_clock_time = "P1D" }
}
---
# not_applicable: it is a queue
job "render" {
  metadata {
    name  = "queue"
    value = "true"
  }
}
---
# not_applicable: it is a queue by another name
# params: {queue: long-lived}
job "render" {
  metadata {
    name  = "long-lived"
    value = "true"
  }
}
---
# unknown: the mode is told after apply
job "render" {
  all_tasks_complete_mode = local.unknown
}
---
# unknown: the wall clock is told after apply
job "render" {
  constraints { max_wall_clock_time = local.unknown }
}
