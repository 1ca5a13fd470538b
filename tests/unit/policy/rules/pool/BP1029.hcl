# fail: long tasks, and Windows updates itself
pool "p" {
  tags = { task_time = "PT5H" }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
}
---
# fail: nothing updates it
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
  windows_configuration { enable_automatic_updates = false }
}
---
# pass: short tasks
pool "p" {
  tags = { task_time = "PT10M" }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
}
---
# pass: nobody says how long tasks run
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
}
---
# pass: the pool is replaced every month
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
  windows_configuration { enable_automatic_updates = false }
  replacement { max_age = "P30D" }
}
---
# pass: Azure upgrades it
pool "p" {
  tags = { task_time = "PT5H" }
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
# not_applicable: Linux
pool "p" {
  tags = { task_time = "PT5H" }
}
---
# unknown: it is told after apply
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "MicrosoftWindowsServer"
    offer     = "WindowsServer"
    sku       = "2022-datacenter-core"
  }
  windows_configuration { enable_automatic_updates = tobool(local.unknown) }
}
