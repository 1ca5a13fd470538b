# fail: bytes of the network
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = avg($NetworkInBytes.GetSample(1)) > 1000 ? 4 : 1;
    EOF
  }
}
---
# pass: before the metrics ended
# as_of: 2024-03-31
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = avg($NetworkInBytes.GetSample(1)) > 1000 ? 4 : 1;
    EOF
  }
}
---
# pass: the use of processors
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = avg($CPUPercent.GetSample(1)) > 0.7 ? 4 : 1;
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
