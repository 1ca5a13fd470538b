# A start task's command line from a list of steps: each step stops the task when it fails, and a step that has been
# done is skipped when the node starts again.

variable "steps" {
  type = list(object({
    name    = string
    command = string
    always  = optional(bool, false)
  }))
  description = "What to do, in order. `always` says to do it at every start of the node and not only at the first."

  validation {
    condition     = alltrue([for step in var.steps : can(regex("^[a-z0-9-]+$", step.name))])
    error_message = "The name of a step has small letters, digits and dashes: a file is called after it."
  }
  validation {
    condition     = length(distinct(var.steps[*].name)) == length(var.steps)
    error_message = "Two steps have the same name."
  }
}

variable "marks" {
  type        = string
  default     = "$AZ_BATCH_NODE_STARTUP_DIR/done"
  description = "The folder in which a file stands for each step that has been done."
}

locals {
  commands = [
    for step in var.steps :
    step.always ? "( ${step.command} )" : "[ -e \"${var.marks}/${step.name}\" ] || ( ${step.command} ) && touch \"${var.marks}/${step.name}\""
  ]
  script = join("\n", concat(["set -euo pipefail", "mkdir -p \"${var.marks}\""], [for one in local.commands : "{ ${one}; } || exit 1"]))
}

output "script" {
  description = "The script itself."
  value       = local.script
}

output "command_line" {
  description = "The argument command_line of a Linux start task; batch needs a shell to be named."
  value       = "/bin/bash -c '${replace(local.script, "'", "'\\''")}'"
}
