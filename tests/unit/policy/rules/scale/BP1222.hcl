# fail: two nodes at least
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = max(2, min(10, $PendingTasks.GetSample(1)));
    EOF
  }
}
---
# fail: one Spot node at least
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetLowPriorityNodes = max(1, min(10, $PendingTasks.GetSample(1)));
    EOF
  }
}
---
# pass: none when there is nothing to do
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# not_applicable: it is tagged
pool "p" {
  tags = { Warm = "true" }
  auto_scale { formula = "$TargetDedicatedNodes = 2;" }
}
---
# not_applicable: its metadata say so
pool "p" {
  metadata {
    name  = "warm"
    value = "yes"
  }
  auto_scale { formula = "$TargetDedicatedNodes = 2;" }
}
---
# fail: it is tagged as not to be
pool "p" {
  tags = { warm = "false" }
  auto_scale { formula = "$TargetDedicatedNodes = 2;" }
}
---
# not_applicable: no formula sets its size
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# unknown: the formula is told after apply
pool "p" {
  auto_scale { formula = local.unknown }
}
