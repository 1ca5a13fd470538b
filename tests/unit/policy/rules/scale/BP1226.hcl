# fail: the number of Sunday
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time().weekday == 0 ? 0 : 4;
    EOF
  }
}
---
# fail: seven digits of a second
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("2027-01-31T06:00:00.1234567Z") ? 4 : 0;
    EOF
  }
}
---
# fail: office hours of another zone
pool "p" {
  auto_scale {
    formula = <<-EOF
      here = time() + (-6 * TimeInterval_Hour);
      $TargetDedicatedNodes = here.hour >= 8 && here.hour < 18 ? 4 : 0;
    EOF
  }
}
---
# pass: Monday to Friday, in UTC
pool "p" {
  auto_scale {
    formula = <<-EOF
      now = time();
      $TargetDedicatedNodes = now.weekday >= 1 && now.weekday <= 5 && now.hour > 6 ? 4 : 0;
    EOF
  }
}
---
# pass: a window that ends some hours ago
pool "p" {
  auto_scale {
    formula = <<-EOF
      old = time() + (-2 * TimeInterval_Hour);
      $TargetDedicatedNodes = min(10, max($PendingTasks.GetSample(old, time(), 50)));
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
