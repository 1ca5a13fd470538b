# fail: both are asked for
pool "p" {
  os_disk {
    ephemeral_os_disk_settings { placement = "CacheDisk" }
  }
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# fail: a formula can ask for Spot nodes
pool "p" {
  os_disk {
    ephemeral_os_disk_settings { placement = "CacheDisk" }
  }
  auto_scale { formula = "$TargetDedicatedNodes = 2; $TargetLowPriorityNodes = $PendingTasks.GetSample(1);" }
}
---
# fail: the backup falls back on Spot nodes
pool "p" {
  os_disk {
    ephemeral_os_disk_settings { placement = "CacheDisk" }
  }
  fixed_scale { target_dedicated_nodes = 4 }
  backup "north" {
    account_id = account.west.id
    fixed_scale { target_low_priority_nodes = 4 }
  }
}
---
# pass: dedicated nodes
pool "p" {
  os_disk {
    ephemeral_os_disk_settings { placement = "CacheDisk" }
  }
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# not_applicable: plain disks
pool "p" {
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# unknown: the target is told after apply
pool "p" {
  os_disk {
    ephemeral_os_disk_settings { placement = "CacheDisk" }
  }
  fixed_scale { target_low_priority_nodes = tonumber(local.unknown) }
}
