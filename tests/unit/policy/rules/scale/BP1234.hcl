# fail: a metric without samples
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks);
    EOF
  }
}
---
# fail: a vector where a number is due
pool "p" {
  auto_scale {
    formula = <<-EOF
      tasks = $PendingTasks.GetSample(1);
      $TargetDedicatedNodes = tasks > 0 ? 4 : 0;
    EOF
  }
}
---
# fail: single quotes
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time('2027-01-31T06:00:00Z') ? 4 : 0;
    EOF
  }
}
---
# fail: a time minus an interval
pool "p" {
  auto_scale {
    formula = <<-EOF
      start = time() - TimeInterval_Hour;
      $TargetDedicatedNodes = start.hour > 8 ? 4 : 0;
    EOF
  }
}
---
# fail: close to the limit
pool "p" {
  auto_scale {
    formula = join("", [for at in range(127) : "// as long as this line is, with all of its letters and blanks\n"], ["$TargetDedicatedNodes = 1;"])
  }
}
---
# pass: documented forms
pool "p" {
  auto_scale {
    formula = <<-EOF
      w = 5 * TimeInterval_Minute;
      share = $PendingTasks.GetSamplePercent(w);
      tasks = share < 70 ? max($PendingTasks.GetSample(1)) : avg($PendingTasks.GetSample(w));
      $TargetDedicatedNodes = min(10, ceil(tasks));
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
