# fail: running tasks are added
pool "p" {
  auto_scale {
    formula = <<-EOF
      tasks = avg($PendingTasks.GetSample(1)) + avg($RunningTasks.GetSample(1));
      $TargetDedicatedNodes = min(10, tasks);
    EOF
  }
}
---
# pass: waiting and running ones
pool "p" {
  auto_scale {
    formula = <<-EOF
      tasks = avg($ActiveTasks.GetSample(1)) + avg($RunningTasks.GetSample(1));
      $TargetDedicatedNodes = min(10, tasks);
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
