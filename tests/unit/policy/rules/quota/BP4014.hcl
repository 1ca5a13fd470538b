# fail: no room for both
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# fail: each alone has room, both at once have not
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
#   pool.b: {action: replace, strategy: blue_green, replaced_by: b-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 10 }
}
pool "b" {
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# fail: the family has no room
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {standardDSv5Family: 40}, by_family_enforced: true, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 6 }
}
---
# fail: Spot nodes
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 20
  }
}
---
# fail: a larger size beside the old one
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  vm_size = "standard_d8s_v5"
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# pass: there is room for both
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# pass: it starts smaller
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
  replacement { surge = "25%" }
}
---
# pass: the old one is small
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {fixed_scale: {target_dedicated_nodes: 2}}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# pass: even one is too large, which another rule says
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 30 }
}
---
# not_applicable: it is patched while it is empty
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: drain_and_patch, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# not_applicable: it is not replaced
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: update}
pool "a" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# unknown: the new target is told after apply
# live:
#   quotas:
#     west: {dedicated_cores: 100, low_priority_cores: 100, cores_by_family: {}, by_family_enforced: false, pools: 100, active_jobs_and_schedules: 300}
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {fixed_scale: {target_dedicated_nodes: 2}}}
pool "a" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# not_checked: the quotas were not read
# changes:
#   pool.a: {action: replace, strategy: blue_green, replaced_by: a-2, before: {vm_size: standard_d4s_v5}}
pool "a" {
  fixed_scale { target_dedicated_nodes = 1 }
}
