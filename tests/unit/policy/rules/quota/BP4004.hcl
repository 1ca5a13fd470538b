# fail: thirty Spot nodes of four cores
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 30
  }
}
---
# fail: two formulas at their largest
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  auto_scale { formula = "$TargetLowPriorityNodes = min(15, $PendingTasks.GetSample(1));" }
}
pool "b" {
  auto_scale { formula = "$TargetLowPriorityNodes = min(15, $PendingTasks.GetSample(1));" }
}
---
# pass: dedicated nodes do not count
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 30
    target_low_priority_nodes = 5
  }
}
---
# not_applicable: it has no pools
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
---
# not_applicable: the subscription limits the cores
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 30
  }
}
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
