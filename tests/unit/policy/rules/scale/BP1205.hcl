# fail: a query
pool "p" {
  auto_scale {
    formula = <<-EOF
      tasks = avg($PendingTasks.GetSample(1));
    EOF
  }
}
---
# pass: Spot nodes are set
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetLowPriorityNodes = 4;
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
