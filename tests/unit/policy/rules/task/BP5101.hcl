# fail: nothing keeps it
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# fail: only what a failure leaves is uploaded
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    output_files {
      file_pattern = "../std*.txt"
      destination {
        container { container_url = "https://example.blob.core.windows.net/out" }
      }
      upload_options { upload_condition = "taskfailure" }
    }
  }
}
---
# fail: a schedule with an auto pool
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info {
      auto_pool_specification {
        pool_lifetime_option = "jobschedule"
        pool {
          vm_size = "standard_d4s_v5"
          virtual_machine_configuration {
            node_agent_sku_id = "batch.node.ubuntu 22.04"
            image_reference {
              publisher = "microsoft-dsvm"
              offer     = "ubuntu-hpc"
              sku       = "2204"
            }
          }
        }
      }
    }
    job_manager_task {
      id           = "manager"
      command_line = "python3 manage.py"
    }
  }
}
---
# fail: a container of its own
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    container_settings { image_name = "example.azurecr.io/tool:1" }
  }
}
---
# pass: it is uploaded
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    output_files {
      file_pattern = "**/*"
      destination {
        container { container_url = "https://example.blob.core.windows.net/out" }
      }
      upload_options { upload_condition = "tasksuccess" }
    }
  }
}
---
# pass: the pool has a file system
pool "p" {
  mount_configuration {
    nfs_mount_configuration {
      source              = "nfs.example.com:/data"
      relative_mount_path = "data"
    }
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# pass: the command uploads
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "/bin/bash -c 'python3 run.py && azcopy copy out https://example.blob.core.windows.net/out'"
  }
}
---
# pass: the release task uploads
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
  job_preparation_task { command_line = "/bin/true" }
  job_release_task { command_line = "azcopy copy out https://example.blob.core.windows.net/out" }
}
---
# pass: the container has a volume
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    container_settings {
      image_name            = "example.azurecr.io/tool:1"
      container_run_options = "--rm -v /mnt/data:/data"
    }
  }
}
---
# pass: the container sees what is mounted
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    container_settings {
      image_name = "example.azurecr.io/tool:1"
      container_host_batch_bind_mounts { source = "VfsMounts" }
    }
  }
}
---
# not_applicable: it has no manager
job "render" {
}
---
# unknown: the command line is told after apply
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = local.unknown
  }
}
---
# not_checked: the pool is not here
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
