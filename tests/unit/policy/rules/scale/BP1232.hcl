# no unknown: the last run is known or not there

# fail: too few samples
# observed:
#   pool.p: {facts: {auto_scale_run: {results: '', error: {code: AutoScalingFormulaEvaluationError, message: The specified auto-scaling formula has evaluation error, values: [[Message, 'Line 1, Col 5: Insufficient data']]}}}}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# fail: the service says no more than a code
# observed:
#   pool.p: {facts: {auto_scale_run: {results: '', error: {code: AutoScaleEvaluationTimeout, message: '', values: []}}}}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# pass: it succeeded
# observed:
#   pool.p: {facts: {auto_scale_run: {results: '', error: null}}}
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# not_applicable: it has not been evaluated yet
# observed:
#   pool.p: {facts: {}}
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
