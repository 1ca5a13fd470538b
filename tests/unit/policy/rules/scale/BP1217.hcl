# fail: a variable that nobody reads
pool "p" {
  auto_scale {
    formula = <<-EOF
      cap = 20;
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
    EOF
  }
}
---
# fail: almost a target
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatednodes = min(10, $PendingTasks.GetSample(1));
      $TargetLowPriorityNodes = 0;
    EOF
  }
}
---
# fail: a target under both of its names
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicated = 4;
      $TargetDedicatedNodes = 2;
    EOF
  }
}
---
# pass: all is used
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
