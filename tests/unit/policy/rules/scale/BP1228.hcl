# fail: no samples, no nodes
pool "p" {
  auto_scale {
    formula = <<-EOF
      share = $PendingTasks.GetSamplePercent(5 * TimeInterval_Minute);
      $TargetDedicatedNodes = share < 70 ? 0 : min(10, avg($PendingTasks.GetSample(5 * TimeInterval_Minute)));
    EOF
  }
}
---
# pass: no samples, no change
pool "p" {
  auto_scale {
    formula = <<-EOF
      share = $PendingTasks.GetSamplePercent(5 * TimeInterval_Minute);
      $TargetDedicatedNodes = share < 70 ? min(10, $TargetDedicatedNodes) : min(10, avg($PendingTasks.GetSample(5 * TimeInterval_Minute)));
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
