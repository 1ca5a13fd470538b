# Follows the tasks until a deadline, then gives every node back: the most a campaign can cost is known.

variable "deadline" {
  type        = string
  description = "The moment (RFC 3339) from which on there are no nodes."

  validation {
    condition     = can(timeadd(var.deadline, "0s"))
    error_message = "deadline is a moment such as 2026-12-31T18:00:00Z."
  }
}

variable "max_nodes" {
  type        = number
  description = "Most nodes to ask for."

  validation {
    condition     = var.max_nodes >= 1 && var.max_nodes == floor(var.max_nodes)
    error_message = "max_nodes is a whole number, 1 or more."
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

variable "low_priority" {
  type        = bool
  default     = false
  description = "Ask for low-priority (Spot) nodes instead of dedicated ones."
}

variable "deallocation_option" {
  type        = string
  default     = "requeue"
  description = "What happens to running tasks when nodes are taken away."

  validation {
    condition     = contains(["requeue", "terminate", "taskcompletion", "retaineddata"], var.deallocation_option)
    error_message = "deallocation_option is requeue, terminate, taskcompletion or retaineddata."
  }
}

locals {
  target = var.low_priority ? "$TargetLowPriorityNodes" : "$TargetDedicatedNodes"
  other  = var.low_priority ? "$TargetDedicatedNodes" : "$TargetLowPriorityNodes"
}

output "formula" {
  description = "Up to max_nodes before the deadline, none afterwards."
  value       = <<-EOT
    window = ${var.window_minutes} * TimeInterval_Minute;
    known = $PendingTasks.GetSamplePercent(window);
    tasks = known < 70 ? max(0, $PendingTasks.GetSample(1)) : max($PendingTasks.GetSample(window));
    // Rounded up: the service cuts fractions.
    nodes = (tasks + $TaskSlotsPerNode - 1) / $TaskSlotsPerNode;
    over = time() >= time("${timeadd(var.deadline, "0s")}");
    ${local.target} = over ? 0 : min(${var.max_nodes}, nodes);
    ${local.other} = 0;
    $NodeDeallocationOption = ${var.deallocation_option};
  EOT
}
