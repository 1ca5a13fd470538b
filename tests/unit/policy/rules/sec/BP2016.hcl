# no unknown: whether a key is said is always known

# fail: blobfuse with a key, and with a signature
pool "p" {
  mount_configuration {
    azure_blob_file_system_configuration {
      account_name        = "acme"
      container_name      = "scenes"
      relative_mount_path = "scenes"
      account_key         = "secret"
    }
  }
  mount_configuration {
    azure_blob_file_system_configuration {
      account_name        = "acme"
      container_name      = "results"
      relative_mount_path = "results"
      sas_key             = local.unknown
    }
  }
}
---
# fail: registries with passwords
pool "p" {
  container_configuration {
    type = "DockerCompatible"
    container_registries {
      registry_server = "acme.azurecr.io"
      user_name       = "acme"
      password        = "secret"
    }
    container_registries {
      user_name = "acme"
      password  = "secret"
    }
  }
}
---
# fail: a task's registry with a password
job "etl" {
  job_manager_task {
    id           = "manager"
    command_line = "./run"
    container_settings {
      image_name = "acme.azurecr.io/tool:1"
      registry {
        registry_server = "acme.azurecr.io"
        username        = "acme"
        password        = "secret"
      }
    }
  }
}
---
# pass: identities, and what takes keys only
pool "p" {
  mount_configuration {
    azure_blob_file_system_configuration {
      account_name        = "acme"
      container_name      = "scenes"
      relative_mount_path = "scenes"
      identity_reference {
        resource_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
      }
    }
  }
  mount_configuration {
    azure_file_share_configuration {
      account_name        = "acme"
      azure_file_url      = "https://acme.file.core.windows.net/share"
      account_key         = "secret"
      relative_mount_path = "share"
    }
  }
  identity {
    type                     = "UserAssigned"
    user_assigned_identities = ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"]
  }
}
---
# not_applicable: there are no pools and jobs
application "tool" {}
