# fail: a share of samples is compared with a fraction
pool "p" {
  auto_scale {
    formula = <<-EOF
      share = $PendingTasks.GetSamplePercent(5 * TimeInterval_Minute);
      $TargetDedicatedNodes = share < 0.7 ? 1 : 4;
    EOF
  }
}
---
# fail: the use of processors is compared with a percentage
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = avg($CPUPercent.GetSample(5 * TimeInterval_Minute, 50)) > 70 ? 4 : 1;
    EOF
  }
}
---
# fail: a percentage was written as a time
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, avg($PendingTasks.GetSample(180 * TimeInterval_Second, 70 * TimeInterval_Second)));
    EOF
  }
}
---
# fail: percentages are added
pool "p" {
  auto_scale {
    formula = <<-EOF
      w = 5 * TimeInterval_Minute;
      share = $PendingTasks.GetSamplePercent(w) + $ActiveTasks.GetSamplePercent(w);
      $TargetDedicatedNodes = share > 70 ? 4 : 1;
    EOF
  }
}
---
# pass: each on its own scale
pool "p" {
  auto_scale {
    formula = <<-EOF
      share = $CPUPercent.GetSamplePercent(5 * TimeInterval_Minute);
      $TargetDedicatedNodes = share > 70 && avg($CPUPercent.GetSample(5 * TimeInterval_Minute)) > 0.7 ? 4 : 1;
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
