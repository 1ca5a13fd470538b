variable "secret" {
  type      = string
  sensitive = true
}

variable "plain_secret" {
  type      = string
  sensitive = true
  default   = "sEcret-variable-8461"
}

account "main" {
  name                = "secretacct"
  resource_group_name = "rg"
  location            = "westeurope"
}

pool "main" {
  account_id        = account.main.id
  name              = "main"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
  container_configuration {
    type = "DockerCompatible"
    container_registries {
      registry_server = "registry.example"
      user_name       = "puller"
      password        = "sEcret-registry-8462"
    }
  }
  extensions {
    name               = "monitor"
    publisher          = "Microsoft.Azure.Monitor"
    type               = "AzureMonitorLinuxAgent"
    protected_settings = { key = "sEcret-protected-8463" }
  }
  user_accounts {
    name     = "user1"
    password = var.secret
    linux_user_configuration {
      ssh_private_key = "sEcret-key-8464"
    }
  }
  mount_configuration {
    azure_blob_file_system_configuration {
      account_name        = "mounts"
      container_name      = "data"
      relative_mount_path = "data"
      sas_key             = "sEcret-sas-8465"
    }
  }
  mount_configuration {
    cifs_mount_configuration {
      source              = "//cifs.example/share"
      relative_mount_path = "cifs"
      user_name           = "mounter"
      password            = "sEcret-cifs-8466"
    }
  }
  mount_configuration {
    azure_file_share_configuration {
      account_name        = "mounts"
      azure_file_url      = "https://mounts.file.core.windows.net/share"
      relative_mount_path = "files"
      account_key         = "sEcret-share-8467"
    }
  }
  start_task {
    command_line = "/bin/bash -c 'login ${var.plain_secret}'"
    resource_files {
      http_url  = "https://store.example/files/setup.sh?sv=1&sig=sEcret-signature-8468"
      file_path = "setup.sh"
    }
    environment_settings {
      name  = "TOKEN"
      value = "token-${var.plain_secret}"
    }
    container_settings {
      image_name = "busybox"
      registry {
        user_name       = "puller"
        registry_server = "registry.example"
        password        = "sEcret-start-8469"
      }
    }
  }
  metadata {
    name  = "hidden"
    value = var.plain_secret
  }
  fixed_scale {
    target_dedicated_nodes = 1
  }
  replacement {
    running_tasks = "requeue"
  }
}

job "main" {
  account_id = account.main.id
  name       = "main"
  pool_info {
    pool_id = pool.main.pool_id
  }
  job_manager_task {
    id           = "manager"
    command_line = "sleep 1000000; login ${var.plain_secret}"
    environment_settings {
      name  = "TOKEN"
      value = var.plain_secret
    }
  }
}

output "secret" {
  value     = "is ${var.plain_secret}"
  sensitive = true
}

output "object" {
  value     = { inner = [var.secret] }
  sensitive = true
}
