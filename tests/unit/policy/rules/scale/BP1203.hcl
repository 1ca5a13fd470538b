# fail: a time is compared with a number
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() > 8 ? 4 : 0;
    EOF
  }
}
---
# fail: a time cannot be read
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("2026-13-01") ? 4 : 0;
    EOF
  }
}
---
# fail: there is no such option
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = 1;
      $NodeDeallocationOption = taskCompletion;
    EOF
  }
}
---
# fail: a target is a time
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time();
    EOF
  }
}
---
# pass: numbers are compared with numbers
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time().hour > 8 ? 4 : 0;
    EOF
  }
}
---
# pass: a placeholder in a time, which another rule says
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("{{deadline}}") ? 4 : 0;
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
