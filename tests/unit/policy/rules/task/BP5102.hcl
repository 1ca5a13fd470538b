# fail: nothing is uploaded
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# fail: only after a success
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info { pool_id = "elsewhere" }
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
}
---
# pass: in any case
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    output_files {
      file_pattern = "../std*.txt"
      destination {
        container { container_url = "https://example.blob.core.windows.net/out" }
      }
      upload_options { upload_condition = "taskcompletion" }
    }
  }
}
---
# pass: after a failure
job "render" {
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
# not_applicable: it has no manager
job "render" {
}
---
# unknown: the condition is told after apply
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    output_files {
      file_pattern = "x"
      destination {
        container { container_url = "https://example.blob.core.windows.net/out" }
      }
      upload_options { upload_condition = local.unknown }
    }
  }
}
