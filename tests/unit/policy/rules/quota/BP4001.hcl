# no unknown: how many pools there are is known when planning

# fail: three pools
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 2, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 1 }
}
pool "c" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# fail: two generations of one of them
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 2, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# fail: one goes while another is made
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 1, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: create}
#   pool.old: {action: delete}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# fail: some are not declared here
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 2, active_jobs_and_schedules: 300}
#   pools:
#     west:
#       - {name: a-1}
#       - {name: theirs}
#       - {name: theirs-too}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# pass: two of two
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 2, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# pass: a pool that is patched has one generation
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 2, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: drain_and_patch}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# pass: an account that is not declared
# live:
#   quotas:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 2, active_jobs_and_schedules: 300}
pool "a" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere"
  fixed_scale { target_dedicated_nodes = 1 }
}
pool "b" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere"
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_applicable: it has no pools
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
---
# not_checked: the quotas were not read
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
