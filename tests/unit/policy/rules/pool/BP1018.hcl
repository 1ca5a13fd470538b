# fail: MPI on Spot nodes
pool "p" {
  inter_node_communication = "Enabled"
  fixed_scale { target_low_priority_nodes = 16 }
}
---
# fail: long tasks
pool "p" {
  tags = { task_time = "PT6H" }
  auto_scale { formula = "$TargetLowPriorityNodes = min(50, $PendingTasks.GetSample(1));" }
}
---
# pass: short tasks
pool "p" {
  tags = { task_time = "PT20M" }
  fixed_scale { target_low_priority_nodes = 16 }
}
---
# pass: long tasks that go on from a checkpoint, said in metadata
pool "p" {
  metadata {
    name  = "task_time"
    value = "PT6H"
  }
  metadata {
    name  = "checkpoints"
    value = "true"
  }
  fixed_scale { target_low_priority_nodes = 16 }
}
---
# not_applicable: dedicated nodes
pool "p" {
  inter_node_communication = "Enabled"
  fixed_scale { target_dedicated_nodes = 16 }
}
---
# unknown: it is told after apply whether nodes talk
pool "p" {
  inter_node_communication = local.unknown
  fixed_scale { target_low_priority_nodes = 16 }
}
