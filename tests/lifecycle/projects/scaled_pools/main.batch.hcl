locals {
  formula = <<-EOT
    // keep two, and one for each pending task
    $samples = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 15);
    $TargetDedicatedNodes = 2;
    $NodeDeallocationOption = taskcompletion;
  EOT
}

account "main" {
  name                = "scaledacct"
  resource_group_name = "rg"
  location            = "westeurope"
}

pool "scaled" {
  account_id        = account.main.id
  name              = "scaled"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  auto_scale {
    formula             = local.formula
    evaluation_interval = "PT10M"
  }
  replacement {
    strategy = "drain_and_patch"
  }
}

pool "windows" {
  account_id        = account.main.id
  name              = "windows"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.windows amd64"
  license_type      = "Windows_Server"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
  windows_configuration {
    enable_automatic_updates = false
  }
  node_placement_configuration {
    policy = "Zonal"
  }
  user_accounts {
    name     = "winuser"
    password = "W1ndows!pass"
    windows_user_configuration {
      login_mode = "Batch"
    }
  }
  fixed_scale {
    target_dedicated_nodes = 1
  }
  replacement {
    strategy = "recreate"
  }
}
