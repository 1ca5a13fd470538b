# no unknown: jobs that are there are counted

# fail: most of the quota is used
# observed:
#   pool.p: {}
# live:
#   jobs:
#     pool.p:
#       - {name: j0, state: active}
#       - {name: j1, state: active}
#       - {name: j2, state: active}
#       - {name: j3, state: active}
#       - {name: j4, state: active}
#       - {name: j5, state: active}
#       - {name: j6, state: active}
#       - {name: j7, state: active}
#   quotas:
#     west: {dedicated_cores: 10, low_priority_cores: 10, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 10}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
pool "p" {}
---
# fail: more than a policy set allows
# params: {active_jobs: 2}
# observed:
#   pool.p: {}
# live:
#   jobs:
#     pool.p:
#       - {name: j0, state: active}
#       - {name: j1, state: active}
#       - {name: j2, state: active}
#   quotas:
#     west: {dedicated_cores: 10, low_priority_cores: 10, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
pool "p" {}
---
# pass: there is room
# observed:
#   pool.p: {}
# live:
#   jobs:
#     pool.p:
#       - {name: j0, state: active}
#       - {name: j1, state: active}
#       - {name: j2, state: active}
#       - {name: j3, state: active}
#       - {name: j4, state: active}
#       - {name: j5, state: active}
#       - {name: j6, state: active}
#   quotas:
#     west: {dedicated_cores: 10, low_priority_cores: 10, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 10}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
pool "p" {}
---
# pass: completed jobs do not count
# observed:
#   pool.p: {}
# live:
#   jobs:
#     pool.p:
#       - {name: j0, state: completed}
#       - {name: j1, state: completed}
#       - {name: j2, state: completed}
#       - {name: j3, state: completed}
#       - {name: j4, state: completed}
#       - {name: j5, state: completed}
#       - {name: j6, state: completed}
#       - {name: j7, state: completed}
#   quotas:
#     west: {dedicated_cores: 10, low_priority_cores: 10, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 10}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
pool "p" {}
---
# not_applicable: the pools are not there yet
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
pool "p" {}
---
# not_checked: the jobs were not read
# observed:
#   pool.p: {}
# live:
#   quotas:
#     west: {dedicated_cores: 10, low_priority_cores: 10, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 10}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
pool "p" {}
