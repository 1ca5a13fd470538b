variable "password" {
  type      = string
  sensitive = true
  default   = "first-P4ss-word!"
}

account "main" {
  name                = "fixedacct"
  resource_group_name = "rg"
  location            = "westeurope"
}

pool "big" {
  account_id               = account.main.id
  name                     = "big"
  display_name             = "The big one"
  vm_size                  = "Standard_D4s_v3"
  node_agent_sku_id        = "batch.node.ubuntu 22.04"
  inter_node_communication = "Disabled"
  task_slots_per_node      = 4
  tags                     = { team = "render" }

  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }

  os_disk {
    caching = "ReadOnly"
    managed_disk {
      storage_account_type = "StandardSSD_LRS"
    }
  }

  data_disks {
    lun          = 0
    disk_size_gb = 32
    caching      = "None"
  }
  data_disks {
    lun          = 1
    disk_size_gb = 64
    managed_disk {
      storage_account_type = "Premium_LRS"
    }
  }

  container_configuration {
    type                  = "DockerCompatible"
    container_image_names = ["busybox", "ubuntu:22.04"]
    container_registries {
      registry_server = "registry.example"
      user_name       = "puller"
      password        = var.password
    }
  }

  extensions {
    name                       = "monitor"
    publisher                  = "Microsoft.Azure.Monitor"
    type                       = "AzureMonitorLinuxAgent"
    type_handler_version       = "1.0"
    auto_upgrade_minor_version = true
    settings                   = { workspace = "w1" }
    protected_settings         = { key = var.password }
  }

  fixed_scale {
    target_dedicated_nodes    = 2
    target_low_priority_nodes = 1
    resize_timeout            = "PT20M"
    node_deallocation_option  = "TaskCompletion"
  }

  network_configuration {
    subnet_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/net/subnets/nodes"
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "ssh"
        protocol                  = "TCP"
        backend_port              = 22
        frontend_port_range_start = 15000
        frontend_port_range_end   = 15100
        network_security_group_rules {
          priority              = 150
          access                = "Deny"
          source_address_prefix = "*"
        }
      }
    }
    public_ip_address_configuration {
      provision = "BatchManaged"
    }
  }

  task_scheduling_policy {
    node_fill_type = "Pack"
  }

  user_accounts {
    name            = "admin1"
    password        = var.password
    elevation_level = "Admin"
    linux_user_configuration {
      uid             = 2001
      gid             = 2001
      ssh_private_key = "key-${var.password}"
    }
  }

  metadata {
    name  = "owner"
    value = "render"
  }

  start_task {
    command_line         = "/bin/bash -c 'sleep 20; echo ready'"
    wait_for_success     = true
    max_task_retry_count = 1
    resource_files {
      http_url  = "https://store.example/files/setup.sh"
      file_path = "setup.sh"
      file_mode = "0755"
    }
    environment_settings {
      name  = "MODE"
      value = "fast"
    }
    user_identity {
      auto_user {
        scope           = "Pool"
        elevation_level = "Admin"
      }
    }
  }

  mount_configuration {
    azure_blob_file_system_configuration {
      account_name        = "mounts"
      container_name      = "data"
      relative_mount_path = "data"
      account_key         = var.password
    }
  }
  mount_configuration {
    nfs_mount_configuration {
      source              = "nfs.example:/share"
      relative_mount_path = "nfs"
      mount_options       = "-o vers=4"
    }
  }
  mount_configuration {
    cifs_mount_configuration {
      source              = "//cifs.example/share"
      relative_mount_path = "cifs"
      user_name           = "mounter"
      password            = var.password
    }
  }
}

output "password" {
  value     = var.password
  sensitive = true
}
