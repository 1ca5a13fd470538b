# fail: fixed, Spot only
pool "p" {
  tags = { environment = "production" }
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# fail: by formula, in a production account
account "west" {
  tags = { Env = "Prod" }
}
pool "p" {
  auto_scale { formula = "$TargetLowPriorityNodes = min(50, $PendingTasks.GetSample(1));" }
}
---
# pass: a dedicated base
pool "p" {
  tags = { environment = "production" }
  fixed_scale {
    target_dedicated_nodes    = 2
    target_low_priority_nodes = 20
  }
}
---
# pass: no nodes at all
pool "p" {
  tags = { environment = "production" }
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# not_applicable: nobody says that it is for production
pool "p" {
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# unknown: the target is told after apply
pool "p" {
  tags = { environment = "production" }
  fixed_scale { target_low_priority_nodes = tonumber(local.unknown) }
}
