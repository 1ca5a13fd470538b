# fail: the backup was forgotten
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  start_task { command_line = "./start.sh --gpu" }
  application_packages { id = "${account.west.id}/applications/tool" }
  backup "north" {
    account_id        = account.north.id
    node_agent_sku_id = "batch.node.ubuntu 20.04"
    image_reference {
      publisher = "microsoft-dsvm"
      offer     = "ubuntu-hpc"
      sku       = "2004"
    }
    start_task { command_line = "./start.sh" }
  }
}
---
# fail: two pools of one name went apart
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  name                = "render"
  task_slots_per_node = 4
  container_configuration {
    type                  = "DockerCompatible"
    container_image_names = ["weu.azurecr.io/tool:2"]
  }
}
pool "q" {
  account_id               = account.north.id
  name                     = "render"
  vm_size                  = "standard_e4s_v5"
  inter_node_communication = "Enabled"
  container_configuration {
    type                  = "DockerCompatible"
    container_image_names = ["neu.azurecr.io/tool:1"]
  }
}
---
# pass: only what belongs to the region differs
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  vm_size = "standard_d4s_v5"
  application_packages { id = "${account.west.id}/applications/tool" }
  start_task {
    command_line = "./start.sh"
    resource_files {
      http_url  = "https://weu.blob.core.windows.net/tools/start.sh"
      file_path = "start.sh"
    }
  }
  backup "north" {
    account_id = account.north.id
    vm_size    = "standard_d8s_v5"
    application_packages { id = "${account.north.id}/applications/tool" }
    fixed_scale { target_dedicated_nodes = 0 }
    start_task {
      command_line = "./start.sh"
      resource_files {
        http_url  = "https://neu.blob.core.windows.net/tools/start.sh"
        file_path = "start.sh"
      }
    }
  }
}
---
# pass: another family is meant
# params: {allowed: [vm_size]}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" {
    account_id = account.north.id
    vm_size    = "standard_e4s_v5"
  }
}
---
# not_applicable: it has no twin
pool "p" {}
---
# unknown: a command is told after apply
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  start_task { command_line = "./start.sh" }
  backup "north" {
    account_id = account.north.id
    start_task { command_line = "./start.sh ${local.unknown}" }
  }
}
---
# pass: a size of another family that the backup names
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" {
    account_id = account.north.id
    vm_size    = "standard_e4s_v5"
  }
}
