# fail: forty dedicated nodes of four cores
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(40, $PendingTasks.GetSample(1));
    EOF
  }
}
---
# fail: forty Spot nodes
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetLowPriorityNodes = min(40, $PendingTasks.GetSample(1));
    EOF
  }
}
---
# fail: the family has less
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(20, $PendingTasks.GetSample(1));
    EOF
  }
}
---
# fail: the account of a backup has less
# live:
#   quotas:
#     north: {dedicated_cores: 20, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
  backup "north" {
    account_id = account.north.id
    auto_scale { formula = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));" }
  }
}
---
# pass: ten nodes
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# pass: nothing limits it, which another rule says
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = max(0, $PendingTasks.GetSample(1));
    EOF
  }
}
---
# not_applicable: the subscription limits the cores
# live:
#   quotas:
#     west: {dedicated_cores: null, low_priority_cores: null, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# not_checked: the size is not known
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  vm_size = "standard_new99"
  auto_scale { formula = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));" }
}
---
# not_checked: the quotas were not read
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# not_applicable: no formula sets its size
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# unknown: the formula is told after apply
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
pool "p" {
  auto_scale { formula = local.unknown }
}
