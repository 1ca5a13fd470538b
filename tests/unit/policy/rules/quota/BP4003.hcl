# fail: its family has less
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# fail: a family without any quota
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  vm_size = "standard_f4s_v2"
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# fail: two formulas at their largest
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  auto_scale { formula = "$TargetDedicatedNodes = min(6, $PendingTasks.GetSample(1));" }
}
pool "b" {
  auto_scale { formula = "$TargetDedicatedNodes = min(6, $PendingTasks.GetSample(1));" }
}
---
# pass: each family has enough
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# pass: Spot nodes have no families
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 20
  }
}
---
# not_applicable: families have no quotas
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
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
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# not_checked: the account does not name the family
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  vm_size = "standard_e4s_v3"
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_checked: the quotas were not read
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
