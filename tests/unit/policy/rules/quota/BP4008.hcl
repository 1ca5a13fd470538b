# fail: the region has fewer left
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
#   compute_usages:
#     00000000-0000-0000-0000-000000000000/westeurope: {cores: {limit: 100, current: 40}, standardDSv5Family: {limit: 1000, current: 0}, lowPriorityCores: {limit: 1000, current: 0}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# fail: the family has fewer left
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
#   compute_usages:
#     00000000-0000-0000-0000-000000000000/westeurope: {cores: {limit: 1000, current: 40}, standardDSv5Family: {limit: 100, current: 40}, lowPriorityCores: {limit: 1000, current: 0}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# fail: Spot nodes
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
#   compute_usages:
#     00000000-0000-0000-0000-000000000000/westeurope: {cores: {limit: 1000, current: 0}, standardDSv5Family: {limit: 1000, current: 0}, lowPriorityCores: {limit: 50, current: 60}}
account "west" {}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 20
  }
}
---
# pass: there are enough
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
#   compute_usages:
#     00000000-0000-0000-0000-000000000000/westeurope: {cores: {limit: 200, current: 40}, standardDSv5Family: {limit: 1000, current: 0}, lowPriorityCores: {limit: 1000, current: 0}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# pass: the nodes are there already
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
#   compute_usages:
#     00000000-0000-0000-0000-000000000000/westeurope: {cores: {limit: 100, current: 100}, standardDSv5Family: {limit: 1000, current: 0}, lowPriorityCores: {limit: 1000, current: 0}}
# observed:
#   pool.a: {facts: {current_dedicated_nodes: 20, current_low_priority_nodes: 0}}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# not_applicable: Batch's own quotas hold
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# unknown: a target is told after apply
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
#   compute_usages:
#     00000000-0000-0000-0000-000000000000/westeurope: {cores: {limit: 100, current: 40}, standardDSv5Family: {limit: 1000, current: 0}, lowPriorityCores: {limit: 1000, current: 0}}
account "west" {}
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# not_checked: the usage was not read
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# not_checked: the usage of the family was not read
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
#   compute_usages:
#     00000000-0000-0000-0000-000000000000/westeurope: {cores: {limit: 100, current: 40}, standardDSv5Family: {limit: 1000, current: 0}, lowPriorityCores: {limit: 1000, current: 0}}
account "west" {}
pool "a" {
  vm_size = "standard_f4s_v2"
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_checked: an account that is not declared
# live:
#   quotas:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "a" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere"
  fixed_scale { target_dedicated_nodes = 20 }
}
