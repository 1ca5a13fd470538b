# fail: a job without limit
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = terminate;
    EOF
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# fail: a schedule whose jobs may run for an hour
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = requeue;
    EOF
  }
}
job_schedule "nightly" {
  schedule { recurrence_interval = "PT24H" }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
    constraints { max_wall_clock_time = "PT1H" }
  }
}
---
# pass: jobs are short
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = terminate;
    EOF
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  constraints { max_wall_clock_time = "PT5M" }
}
---
# pass: nodes wait for their tasks
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# pass: a longer loss is accepted
# params: {minutes: 90}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = requeue;
    EOF
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  constraints { max_wall_clock_time = "PT1H" }
}
---
# not_applicable: no job that is declared runs on it
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = 1;
      $NodeDeallocationOption = requeue;
    EOF
  }
}
---
# not_applicable: no formula sets its size
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# unknown: the formula is told after apply
pool "p" {
  auto_scale { formula = local.unknown }
}
