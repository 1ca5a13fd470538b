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
---
# pass: a formula that sets no target
pool "p" {
  auto_scale {
    formula = <<-EOF
      known = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 15);
      tasks = known < 70 ? 0 : avg($PendingTasks.GetSample(TimeInterval_Minute * 15));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
