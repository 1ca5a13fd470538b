# fail: a template's braces are left
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("{{ deadline }}") ? 4 : 0;
    EOF
  }
}
---
# fail: $ was escaped once too often
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("$${var.deadline}") ? 4 : 0;
    EOF
  }
}
---
# fail: a gap to be filled in
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("<creation time>") ? 4 : 0;
    EOF
  }
}
---
# fail: a format of another language
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("%s") ? 4 : 0;
    EOF
  }
}
---
# pass: a time that was rendered
locals {
  deadline = "2027-01-31T06:00:00Z"
}
pool "p" {
  auto_scale {
    formula = "$TargetDedicatedNodes = time() < time(\"${local.deadline}\") ? 4 : 0;"
  }
}
---
# pass: a time that cannot be read, which another rule says
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("tomorrow") ? 4 : 0;
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
