# fail: fifteen minutes are looked at, and five read
pool "p" {
  auto_scale {
    formula = <<-EOF
      share = $PendingTasks.GetSamplePercent(15 * TimeInterval_Minute);
      $TargetDedicatedNodes = share < 70 ? 0 : min(10, avg($PendingTasks.GetSample(5 * TimeInterval_Minute)));
    EOF
  }
}
---
# pass: one variable for both
pool "p" {
  auto_scale {
    formula = <<-EOF
      w = 5 * TimeInterval_Minute;
      share = $PendingTasks.GetSamplePercent(w);
      tasks = share < 70 ? max($PendingTasks.GetSample(1)) : avg($PendingTasks.GetSample(w));
      $TargetDedicatedNodes = min(10, ceil(tasks));
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
pool "p" {
  auto_scale { formula = local.unknown }
}
