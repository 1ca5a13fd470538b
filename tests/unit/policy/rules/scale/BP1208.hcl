# fail: nothing but last samples
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# pass: a window with a guard
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
