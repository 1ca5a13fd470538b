# Images by friendly names: what `image_reference` and `node_agent_sku_id` have to say for each, so that the two never
# disagree. Images whose support has ended are left out on purpose.

variable "extra" {
  type = map(object({
    publisher         = optional(string)
    offer             = optional(string)
    sku               = optional(string)
    version           = optional(string, "latest")
    id                = optional(string)
    node_agent_sku_id = string
  }))
  default     = {}
  description = "More images, by name, or others under the names that are there: of the marketplace, or by id."

  validation {
    condition     = alltrue([for one in values(var.extra) : (one.id != null) != (one.publisher != null && one.offer != null && one.sku != null)])
    error_message = "An image has publisher, offer and sku, or an id."
  }
}

variable "versions" {
  type        = map(string)
  default     = {}
  description = "Versions to pin, by name of the image; the others are the latest."

  validation {
    condition     = length(setsubtract(keys(var.versions), keys(local.all))) == 0
    error_message = "There is no image called ${join(", ", setsubtract(keys(var.versions), keys(local.all)))}."
  }
}

locals {
  agents = {
    ubuntu_22 = "batch.node.ubuntu 22.04"
    ubuntu_24 = "batch.node.ubuntu 24.04"
    el_8      = "batch.node.el 8"
    el_9      = "batch.node.el 9"
    windows   = "batch.node.windows amd64"
  }

  # name                publisher                 offer                           sku                          agent
  known = {
    ubuntu-22       = ["canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2", local.agents.ubuntu_22]
    ubuntu-24       = ["canonical", "ubuntu-24_04-lts", "server", local.agents.ubuntu_24]
    ubuntu-hpc-22   = ["microsoft-dsvm", "ubuntu-hpc", "2204", local.agents.ubuntu_22]
    ubuntu-hpc-24   = ["microsoft-dsvm", "ubuntu-hpc", "2404", local.agents.ubuntu_24]
    almalinux-8     = ["almalinux", "almalinux-x86_64", "8-gen2", local.agents.el_8]
    almalinux-9     = ["almalinux", "almalinux-x86_64", "9-gen2", local.agents.el_9]
    almalinux-hpc-8 = ["almalinux", "almalinux-hpc", "8_10-hpc-gen2", local.agents.el_8]
    windows-2022    = ["microsoftwindowsserver", "windowsserver", "2022-datacenter-g2", local.agents.windows]
    windows-2025    = ["microsoftwindowsserver", "windowsserver", "2025-datacenter-g2", local.agents.windows]
  }

  all = merge(
    {
      for name, one in local.known : name => {
        publisher         = one[0]
        offer             = one[1]
        sku               = one[2]
        version           = "latest"
        id                = null
        node_agent_sku_id = one[3]
      }
    },
    var.extra,
  )
}

output "images" {
  description = "By name: publisher, offer, sku, version and id for image_reference, and node_agent_sku_id."
  value = {
    for name, one in local.all : name => merge(one, {
      version = one.id != null ? null : lookup(var.versions, name, one.version)
    })
  }
}

output "names" {
  description = "The names there are."
  value       = sort(keys(local.all))
}
