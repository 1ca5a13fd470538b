# fail: a weekend that never comes
pool "p" {
  auto_scale {
    formula = <<-EOF
      day = time().weekday;
      $TargetDedicatedNodes = day < 1 && day > 5 ? 0 : 4;
    EOF
  }
}
---
# pass: a weekend
pool "p" {
  auto_scale {
    formula = <<-EOF
      day = time().weekday;
      $TargetDedicatedNodes = day < 1 || day > 5 ? 0 : 4;
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
