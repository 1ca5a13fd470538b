# fail: a backup that waits where there is no quota
# live:
#   quotas:
#     north: {dedicated_cores: 0, low_priority_cores: 0, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
  backup "north" {
    account_id = account.north.id
    fixed_scale { target_dedicated_nodes = 0 }
  }
}
---
# fail: its family has none
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 0, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  vm_size = "standard_f4s_v2"
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# pass: there is some
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# pass: the family has some
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 0, cores_by_family: {standardDSv5Family: 40, standardFSv2Family: 0}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# pass: Spot nodes are possible
# live:
#   quotas:
#     west: {dedicated_cores: 0, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# pass: the subscription limits the cores
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# not_applicable: no pool waits
# live:
#   quotas:
#     west: {dedicated_cores: 0, low_priority_cores: 0, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "west" {}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
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
  fixed_scale { target_dedicated_nodes = 0 }
}
