# no unknown: a formula that is told after apply is tried then

# fail: twice as many
# changes:
#   pool.p: {action: update, fields: {auto_scale.formula: ["$TargetDedicatedNodes = 4;", "$TargetDedicatedNodes = 8;"]}}
# live:
#   formula_trials:
#     pool.p: {before: 672.4, after: 1344, days: 7}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# fail: half as many
# changes:
#   pool.p: {action: update, fields: {auto_scale.formula: ["$TargetDedicatedNodes = 4;", "$TargetDedicatedNodes = 8;"]}}
# live:
#   formula_trials:
#     pool.p: {before: 672.4, after: 336, days: 7}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# pass: hardly any difference
# changes:
#   pool.p: {action: update, fields: {auto_scale.formula: ["$TargetDedicatedNodes = 4;", "$TargetDedicatedNodes = 8;"]}}
# live:
#   formula_trials:
#     pool.p: {before: 672.4, after: 700, days: 7}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# pass: a larger difference is nothing to speak of
# changes:
#   pool.p: {action: update, fields: {auto_scale.formula: ["$TargetDedicatedNodes = 4;", "$TargetDedicatedNodes = 8;"]}}
# live:
#   formula_trials:
#     pool.p: {before: 672.4, after: 1344, days: 7}
# params: {percent: 150}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# not_applicable: the formula stays
# changes:
#   pool.p: {action: update, fields: {display_name: [a, b]}}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# not_checked: nobody tried it
# changes:
#   pool.p: {action: update, fields: {auto_scale.formula: ["$TargetDedicatedNodes = 4;", "$TargetDedicatedNodes = 8;"]}}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# not_applicable: no formula sets its size
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
