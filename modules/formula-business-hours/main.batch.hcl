# Many nodes in working hours, few at night and at the weekend.

variable "open_nodes" {
  type        = number
  description = "Nodes in working hours."

  validation {
    condition     = var.open_nodes >= 0 && var.open_nodes == floor(var.open_nodes)
    error_message = "open_nodes is a whole number, 0 or more."
  }
}

variable "closed_nodes" {
  type        = number
  default     = 0
  description = "Nodes at all other times."

  validation {
    condition     = var.closed_nodes >= 0 && var.closed_nodes == floor(var.closed_nodes)
    error_message = "closed_nodes is a whole number, 0 or more."
  }
}

variable "first_hour" {
  type        = number
  default     = 8
  description = "The hour in which work begins, 0 to 23."

  validation {
    condition     = var.first_hour >= 0 && var.first_hour < var.last_hour
    error_message = "first_hour is 0 or more, and before last_hour."
  }
}

variable "last_hour" {
  type        = number
  default     = 17
  description = "The last hour of work, 0 to 23; until 17:59 for 17."

  validation {
    condition     = var.last_hour <= 23
    error_message = "last_hour is 23 at most."
  }
}

variable "utc_offset_hours" {
  type        = number
  default     = 0
  description = "Local time minus UTC. Formulas know no daylight saving: plan again when it changes."

  validation {
    condition     = abs(var.utc_offset_hours) <= 14
    error_message = "utc_offset_hours lies between -14 and 14."
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
  description = "open_nodes from Monday to Friday in working hours, else closed_nodes."
  value       = <<-EOT
    now = time() + (${var.utc_offset_hours} * TimeInterval_Hour);
    // Monday to Friday are 1 to 5, whatever the number of Sunday is.
    workday = now.weekday >= 1 && now.weekday <= 5;
    working = workday && now.hour >= ${var.first_hour} && now.hour <= ${var.last_hour};
    ${local.target} = working ? ${var.open_nodes} : ${var.closed_nodes};
    ${local.other} = 0;
    $NodeDeallocationOption = ${var.deallocation_option};
  EOT
}
