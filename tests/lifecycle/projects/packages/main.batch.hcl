account "main" {
  name                = "packacct"
  resource_group_name = "rg"
  location            = "westeurope"
  auto_storage {
    storage_account_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/packstore"
  }
}

application "tool" {
  account_id    = account.main.id
  name          = "tool"
  display_name  = "The tool"
  allow_updates = true
}

application_package "one" {
  application_id = application.tool.id
  version        = "1.0"
  source         = "one.zip"
}

application_package "two" {
  application_id = application.tool.id
  version        = "2.0"
  source         = "two.zip"
  format         = "zip"
}

pool "users" {
  account_id        = account.main.id
  name              = "users"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  fixed_scale {
    target_dedicated_nodes = 1
  }
  application_packages {
    id      = application.tool.id
    version = application_package.one.version
  }
}
