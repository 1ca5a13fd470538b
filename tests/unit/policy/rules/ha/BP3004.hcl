# fail: a new account, of both kinds of cores
# live: {quotas: {north: {dedicated_cores: 20, low_priority_cores: 4, cores_by_family: {standardFSv2Family: 1000}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = min(8, $PendingTasks.GetSample(1)); $TargetLowPriorityNodes = 2;" }
  backup "north" {
    account_id = account.north.id
    fixed_scale { target_dedicated_nodes = 0 }
  }
}
---
# fail: the account's own pools need cores, too
# live: {quotas: {north: {dedicated_cores: 40, low_priority_cores: 0, cores_by_family: {standardFSv2Family: 1000}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
  backup "north" { account_id = account.north.id }
}
pool "own" {
  account_id = account.north.id
  fixed_scale { target_dedicated_nodes = 3 }
}
---
# fail: the family has a quota of its own
# live: {quotas: {north: {dedicated_cores: 100, low_priority_cores: 0, cores_by_family: {standardFSv2Family: 16}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  vm_size = "standard_f4s_v2"
  fixed_scale { target_dedicated_nodes = 8 }
  backup "north" { account_id = account.north.id }
}
---
# pass: it holds the peak
# live: {quotas: {north: {dedicated_cores: 32, low_priority_cores: 0, cores_by_family: {standardFSv2Family: 16}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  vm_size = "standard_f4s_v2"
  fixed_scale { target_dedicated_nodes = 8 }
  backup "north" { account_id = account.north.id }
}
---
# pass: half is enough
# params: {percent: 50}
# live: {quotas: {north: {dedicated_cores: 16, low_priority_cores: 0, cores_by_family: {standardFSv2Family: 1000}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
  backup "north" { account_id = account.north.id }
}
---
# pass: Batch does not limit it
# live: {quotas: {north: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {standardFSv2Family: 1000}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
  backup "north" { account_id = account.north.id }
}
---
# not_checked: the quotas were not read
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# not_applicable: no pool has a backup there
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {}
---
# unknown: the size is told after apply
# live: {quotas: {north: {dedicated_cores: 16, low_priority_cores: 0, cores_by_family: {standardFSv2Family: 1000}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
  backup "north" { account_id = account.north.id }
}
