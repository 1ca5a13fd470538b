# fail: one node for good
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# fail: one node at most by formula
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = min(1, $PendingTasks.GetSample(1));" }
}
---
# fail: only the backup has one node
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
  backup "north" {
    account_id = account.west.id
    fixed_scale { target_dedicated_nodes = 1 }
  }
}
---
# fail: progress is to be guaranteed, and the formula comes to zero
pool "p" {
  tags = { progress = "guaranteed" }
  auto_scale { formula = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));" }
}
---
# pass: two nodes
pool "p" {
  fixed_scale {
    target_dedicated_nodes    = 1
    target_low_priority_nodes = 1
  }
}
---
# pass: it may be empty while there is no work
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));" }
}
---
# pass: progress is guaranteed by two nodes
pool "p" {
  tags = { progress = "guaranteed" }
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# not_applicable: the account is for development
account "west" {
  tags = { Environment = "Dev" }
}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_applicable: somebody else sizes it
pool "p" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# unknown: the target is told after apply
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
---
# unknown: the environment is told after apply
pool "p" {
  tags = { env = local.unknown }
  fixed_scale { target_dedicated_nodes = 1 }
}
