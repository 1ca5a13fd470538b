# fail: a formula that waits for tasks
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = min(8, $PendingTasks.GetSample(1));" }
}
job_schedule "nightly" {
  schedule { do_not_run_until = "2026-12-24T06:00:00Z" }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# fail: a pool that is resized by hand
pool "p" {
  fixed_scale { target_dedicated_nodes = 0 }
}
job_schedule "nightly" {
  schedule { do_not_run_until = "2026-12-24T06:00:00Z" }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# pass: nodes are always there
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
job_schedule "nightly" {
  schedule { do_not_run_until = "2026-12-24T06:00:00Z" }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# pass: the formula looks at the clock
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = time().hour > 4 ? 8 : 0;" }
}
job_schedule "nightly" {
  schedule { do_not_run_until = "2026-12-24T06:00:00Z" }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_applicable: it has begun
pool "p" {}
job_schedule "nightly" {
  schedule { do_not_run_until = "2026-01-24T06:00:00Z" }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_applicable: it has no fixed start
pool "p" {}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_applicable: a pool of others
job_schedule "nightly" {
  schedule { do_not_run_until = "2026-12-24T06:00:00Z" }
  job_specification {
    pool_info { pool_id = "theirs" }
  }
}
---
# unknown: the start is told after apply
pool "p" {}
job_schedule "nightly" {
  schedule { do_not_run_until = local.unknown }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
