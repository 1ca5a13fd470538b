# no unknown: how many jobs there are is known when planning

# fail: two jobs and a schedule
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 2}
account "west" {}
job "a" {}
job "b" {}
job_schedule "nightly" {}
---
# fail: jobs that are not declared count where they were read
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 2}
#   jobs:
#     pool.p:
#       - {name: a, state: active}
#       - {name: theirs, state: disabled}
#       - {name: theirs-too, state: active}
#       - {name: done, state: completed}
account "west" {}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
job "a" {}
---
# pass: two of two
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 2}
account "west" {}
job "a" {}
job_schedule "nightly" {}
---
# pass: what goes does not count
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 2}
# changes:
#   job.old: {action: delete}
account "west" {}
job "a" {}
job "b" {}
---
# not_applicable: there are no jobs
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 2}
account "west" {}
---
# not_checked: the quotas were not read
account "west" {}
job "a" {}
