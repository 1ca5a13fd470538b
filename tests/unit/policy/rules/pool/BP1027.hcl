# fail: a named version
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "22.04.2024102301"
  }
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }
}
---
# fail: Windows updates itself unless it is told not to
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }
}
---
# pass: Linux and the latest version
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }
}
---
# pass: an image of a gallery
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render" }
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }
}
---
# pass: Windows that does not update itself
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
  windows_configuration { enable_automatic_updates = false }
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }
}
---
# not_applicable: no upgrades are asked for
pool "p" {
  upgrade_policy { mode = "manual" }
}
---
# unknown: the version is told after apply
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = local.unknown
  }
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }
}
