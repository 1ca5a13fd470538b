# fail: no guard, in two places
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, avg($PendingTasks.GetSample(5 * TimeInterval_Minute)));
      $TargetLowPriorityNodes = min(10, avg($ActiveTasks.GetSample(5 * TimeInterval_Minute)));
    EOF
  }
}
---
# pass: a guard before it
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
# pass: it asks for a share of the samples itself
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, avg($PendingTasks.GetSample(5 * TimeInterval_Minute, 70)));
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
