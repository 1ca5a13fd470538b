# fail: a fallback that never acts
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetLowPriorityNodes = 10;
      $TargetDedicatedNodes = min(10, $PreemptedNodeCount.GetSample(180 * TimeInterval_Second));
    EOF
  }
}
---
# pass: nodes that are there
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetLowPriorityNodes = 10;
      $TargetDedicatedNodes = max(0, 10 - max($CurrentLowPriorityNodes.GetSample(1)));
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
