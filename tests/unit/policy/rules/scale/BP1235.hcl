# fail: a divisor that may be zero
pool "p" {
  auto_scale {
    formula = <<-EOF
      nodes = max($CurrentDedicatedNodes.GetSample(1));
      $TargetDedicatedNodes = min(10, max($PendingTasks.GetSample(1)) / nodes);
    EOF
  }
}
---
# fail: Spot nodes shrink by the dedicated ones
pool "p" {
  auto_scale {
    formula = <<-EOF
      idle = max($ActiveTasks.GetSample(1)) < 1;
      $TargetLowPriorityNodes = idle ? max(0, $TargetDedicatedNodes - 1) : 10;
    EOF
  }
}
---
# pass: a divisor of one at least
pool "p" {
  auto_scale {
    formula = <<-EOF
      nodes = max(1, $CurrentDedicatedNodes.GetSample(1));
      $TargetDedicatedNodes = min(10, max($PendingTasks.GetSample(1)) / nodes);
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
pool "p" {
  auto_scale { formula = local.unknown }
}
