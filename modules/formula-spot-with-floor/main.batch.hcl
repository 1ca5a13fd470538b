# Spot nodes for the demand, a floor of dedicated ones, and more dedicated ones for what Spot does not deliver.

variable "dedicated_floor" {
  type        = number
  default     = 1
  description = "Dedicated nodes at all times, so that work goes on when Spot runs dry."

  validation {
    condition     = var.dedicated_floor >= 0 && var.dedicated_floor == floor(var.dedicated_floor)
    error_message = "dedicated_floor is a whole number, 0 or more."
  }
}

variable "max_dedicated" {
  type        = number
  description = "Most dedicated nodes, the floor included."

  validation {
    condition     = var.max_dedicated >= var.dedicated_floor && var.max_dedicated == floor(var.max_dedicated)
    error_message = "max_dedicated is a whole number, not below dedicated_floor."
  }
}

variable "max_spot" {
  type        = number
  description = "Most Spot nodes."

  validation {
    condition     = var.max_spot >= 0 && var.max_spot == floor(var.max_spot)
    error_message = "max_spot is a whole number, 0 or more."
  }
}

variable "window_minutes" {
  type        = number
  default     = 5
  description = "How far to look back; two minutes hold too few samples to tell anything."

  validation {
    condition     = var.window_minutes >= 2
    error_message = "window_minutes is 2 or more: samples are 30 seconds apart and arrive late."
  }
}

variable "deallocation_option" {
  type        = string
  default     = "taskcompletion"
  description = "What happens to running tasks when nodes are taken away."

  validation {
    condition     = contains(["requeue", "terminate", "taskcompletion", "retaineddata"], var.deallocation_option)
    error_message = "deallocation_option is requeue, terminate, taskcompletion or retaineddata."
  }
}

output "formula" {
  description = "Dedicated nodes between the floor and max_dedicated, Spot nodes up to max_spot."
  value       = <<-EOT
    window = ${var.window_minutes} * TimeInterval_Minute;
    known = $PendingTasks.GetSamplePercent(window);
    tasks = known < 70 ? max(0, $PendingTasks.GetSample(1)) : max($PendingTasks.GetSample(window));
    // Rounded up: the service cuts fractions.
    nodes = (tasks + $TaskSlotsPerNode - 1) / $TaskSlotsPerNode;
    spot = min(${var.max_spot}, max(0, nodes - ${var.dedicated_floor}));
    // What was asked for before and has not come, or was taken, is made up for by dedicated nodes.
    present = max(0, $CurrentLowPriorityNodes - $PreemptedNodeCount);
    missing = max(0, min(spot, $TargetLowPriorityNodes) - present);
    $TargetDedicatedNodes = min(${var.max_dedicated}, ${var.dedicated_floor} + missing);
    $TargetLowPriorityNodes = spot;
    $NodeDeallocationOption = ${var.deallocation_option};
  EOT
}
