# fail: four fifths of the cores and of the pools
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 5, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 0 }
}
pool "c" {
  fixed_scale { target_dedicated_nodes = 0 }
}
pool "d" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# fail: of a family
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: all of the Spot cores
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 25
  }
}
---
# pass: three quarters, which is the limit
# live:
#   quotas:
#     west: {dedicated_cores: 96, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 18 }
}
pool "b" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 10
  }
}
---
# pass: a policy set asks for less room
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# params: {percent: 90}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# pass: more than there is, which another rule says
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 30 }
}
---
# not_applicable: it has no pools
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
---
# unknown: a target is told after apply
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# not_checked: the quotas were not read
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
