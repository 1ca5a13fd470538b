# no unknown: times and changes are known when planning

# fail: it runs in half an hour
# changes:
#   pool.p: {action: update, strategy: drain_and_patch}
#   job_schedule.nightly: {action: noop}
# observed:
#   job_schedule.nightly: {facts: {next_run_time: "2026-11-22T12:30:00Z"}}
pool "p" {
  replacement { strategy = "drain_and_patch" }
}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# pass: it runs at night
# changes:
#   pool.p: {action: replace, strategy: recreate}
#   job_schedule.nightly: {action: noop}
# observed:
#   job_schedule.nightly: {facts: {next_run_time: "2026-11-23T02:00:00Z"}}
pool "p" {
  replacement { strategy = "recreate" }
}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_checked: its next run was not read
# changes:
#   pool.p: {action: update, strategy: drain_and_patch}
#   job_schedule.nightly: {action: noop}
# observed:
#   job_schedule.nightly: {}
pool "p" {
  replacement { strategy = "drain_and_patch" }
}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_applicable: its pool is replaced blue-green
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
#   job_schedule.nightly: {action: noop}
# observed:
#   job_schedule.nightly: {facts: {next_run_time: "2026-11-22T12:30:00Z"}}
pool "p" {}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
