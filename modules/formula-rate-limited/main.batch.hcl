# Follows the tasks in steps: so many nodes more or fewer in one evaluation, never more.

variable "max_nodes" {
  type        = number
  description = "Most nodes to ask for."

  validation {
    condition     = var.max_nodes >= var.min_nodes && var.max_nodes == floor(var.max_nodes)
    error_message = "max_nodes is a whole number, not below min_nodes."
  }
}

variable "min_nodes" {
  type        = number
  default     = 0
  description = "Nodes to keep when there is nothing to do; they are paid for at all times."

  validation {
    condition     = var.min_nodes >= 0 && var.min_nodes == floor(var.min_nodes)
    error_message = "min_nodes is a whole number, 0 or more."
  }
}

variable "grow_by" {
  type        = number
  description = "Most nodes to add in one evaluation."

  validation {
    condition     = var.grow_by >= 1
    error_message = "grow_by is 1 or more, or the pool would never grow."
  }
}

variable "shrink_by" {
  type        = number
  description = "Most nodes to take away in one evaluation."

  validation {
    condition     = var.shrink_by >= 1
    error_message = "shrink_by is 1 or more, or the pool would never shrink."
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
  default     = "taskcompletion"
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
  description = "Between min_nodes and max_nodes of one kind, none of the other."
  value       = <<-EOT
    window = ${var.window_minutes} * TimeInterval_Minute;
    known = $PendingTasks.GetSamplePercent(window);
    tasks = known < 70 ? max(0, $PendingTasks.GetSample(1)) : max($PendingTasks.GetSample(window));
    // Rounded up: the service cuts fractions.
    nodes = (tasks + $TaskSlotsPerNode - 1) / $TaskSlotsPerNode;
    stepped = max(${local.target} - ${var.shrink_by}, min(${local.target} + ${var.grow_by}, nodes));
    ${local.target} = max(${var.min_nodes}, min(${var.max_nodes}, stepped));
    ${local.other} = 0;
    $NodeDeallocationOption = ${var.deallocation_option};
  EOT
}
