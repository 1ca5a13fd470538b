# fail: eight nodes
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: one Spot node of a size that is not known
pool "p" {
  vm_size = "standard_new99"
  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 1
  }
}
---
# pass: it is tagged
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
  tags = { warm = "true" }
}
---
# pass: a policy set calls the tag otherwise
# params: {warm_tag: always_on}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
  tags = { always_on = "yes" }
}
---
# not_applicable: a formula sets the size
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));" }
}
---
# not_applicable: it is resized from outside
pool "p" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# unknown: the target is told after apply
pool "p" {
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
