# fail: nothing is said, twice as a module has it
pool "p" {
  auto_scale {
    formula = <<-EOF
      tasks = max($PendingTasks.GetSample(1));
      $TargetDedicatedNodes = min(10, tasks);
      $TargetLowPriorityNodes = min(20, tasks);
    EOF
  }
}
---
# pass: nodes wait for their tasks
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# pass: a pool that never shrinks
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = 4;
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
