# fail: one minute
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, avg($PendingTasks.GetSample(1 * TimeInterval_Minute, 50)));
    EOF
  }
}
---
# pass: five minutes
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, avg($PendingTasks.GetSample(5 * TimeInterval_Minute, 50)));
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
