# fail: thirty nodes of four cores
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# fail: what a formula never goes below counts for sure
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
pool "b" {
  auto_scale { formula = "$TargetDedicatedNodes = min(20, max(10, $PendingTasks.GetSample(1)));" }
}
---
# fail: two formulas at their largest
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  auto_scale { formula = "$TargetDedicatedNodes = min(15, $PendingTasks.GetSample(1));" }
}
pool "b" {
  auto_scale { formula = "$TargetDedicatedNodes = min(15, $PendingTasks.GetSample(1));" }
}
---
# fail: a backup counts where it is
# live:
#   quotas:
#     north: {dedicated_cores: 40, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
  backup "north" { account_id = account.north.id }
}
---
# fail: an account that is not declared
# live:
#   quotas:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "a" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere"
  fixed_scale { target_dedicated_nodes = 20 }
}
pool "b" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere"
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# fail: new accounts have none
# live:
#   quotas:
#     west: {dedicated_cores: 0, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# pass: all fit
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 5 }
}
---
# pass: one formula alone is too large, which another rule says
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  auto_scale { formula = "$TargetDedicatedNodes = min(40, $PendingTasks.GetSample(1));" }
}
pool "b" {
  auto_scale { formula = "$TargetDedicatedNodes = min(5, $PendingTasks.GetSample(1));" }
}
---
# pass: nothing limits a formula, which another rule says
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  auto_scale { formula = "$TargetDedicatedNodes = max(0, $PendingTasks.GetSample(1));" }
}
---
# pass: what goes does not count
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.old: {action: delete, before: {vm_size: standard_d4s_v5, fixed_scale: {target_dedicated_nodes: 20}}}
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
# not_applicable: the subscription limits the cores
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 30 }
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
# not_checked: a size is not known
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  vm_size = "standard_new99"
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_checked: the quotas were not read
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
