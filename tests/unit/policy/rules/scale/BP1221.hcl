# fail: a share of the present nodes
pool "p" {
  auto_scale {
    formula = <<-EOF
      nodes = max($CurrentDedicatedNodes.GetSample(1));
      $TargetDedicatedNodes = avg($CPUPercent.GetSample(1)) > 0.7 ? min(10, nodes * 1.1) : min(10, nodes);
    EOF
  }
}
---
# fail: a quarter of a node for one task
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1) / 4);
    EOF
  }
}
---
# fail: at office hours, a quarter of a node for one task
pool "p" {
  auto_scale {
    formula = <<-EOF
      now = time();
      $TargetDedicatedNodes = now.hour > 8 ? min(10, $PendingTasks.GetSample(1) / 4) : 0;
    EOF
  }
}
---
# pass: rounded up
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, ceil($PendingTasks.GetSample(1) / 4));
    EOF
  }
}
---
# pass: office hours
pool "p" {
  auto_scale {
    formula = <<-EOF
      now = time();
      $TargetDedicatedNodes = now.hour > 8 ? min(10, $PendingTasks.GetSample(1)) : 0;
    EOF
  }
}
---
# pass: a deadline that is over
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time() < time("2020-01-31T06:00:00Z") ? 1 : 0;
    EOF
  }
}
---
# pass: it is meant to be empty
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = 0;
    EOF
  }
}
---
# pass: a formula that fails, which another rule says
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = nodes;
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
