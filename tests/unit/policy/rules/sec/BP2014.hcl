# no unknown: whether an address is a secret is always known

# fail: a start task downloads by signed addresses
pool "p" {
  start_task {
    command_line = "./start.sh"
    resource_files {
      http_url  = "https://acme.blob.core.windows.net/tools/start.sh?sv=2022-11-02&sig=Zm9vYmFyYmF6cXV4"
      file_path = "start.sh"
    }
    resource_files {
      storage_container_url = "https://acme.blob.core.windows.net/data?sv=2022-11-02&sig=Zm9vYmFyYmF6cXV4"
    }
  }
}
---
# fail: the manager of a job uploads by a signed address
job "etl" {
  job_manager_task {
    id           = "manager"
    command_line = "./run"
    output_files {
      file_pattern = "*.log"
      destination {
        container { container_url = "https://acme.blob.core.windows.net/logs?sv=2022-11-02&sig=Zm9vYmFyYmF6cXV4" }
      }
      upload_options { upload_condition = "taskcompletion" }
    }
  }
}
---
# pass: an identity, an open address, and auto-storage
pool "p" {
  start_task {
    command_line = "./start.sh"
    resource_files {
      http_url  = "https://acme.blob.core.windows.net/tools/start.sh"
      file_path = "start.sh"
      identity_reference {
        resource_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
      }
    }
    resource_files { auto_storage_container_name = "tools" }
  }
}
---
# not_applicable: there are no pools and jobs
application "tool" {}
