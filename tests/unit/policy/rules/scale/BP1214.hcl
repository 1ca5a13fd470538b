# fail: it grows with the nodes that are there
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = $CurrentDedicatedNodes.GetSample(1) * 1.1;
    EOF
  }
}
---
# fail: as many nodes as tasks
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = max(0, $PendingTasks.GetSample(1));
    EOF
  }
}
---
# pass: ten at most
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
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
