# fail: a hosts file
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo \"13.69.65.70 acme.westeurope.batch.azure.com\" >> /etc/hosts'"
  }
}
---
# fail: an option of a container
job "etl" {
  job_manager_task {
    id           = "manager"
    command_line = "./run"
    container_settings {
      image_name            = "acme.azurecr.io/tool:1"
      container_run_options = "--add-host acme.westeurope.batch.azure.com:13.69.65.70"
    }
  }
}
---
# pass: names and addresses of other things
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo \"10.0.0.4 licences\" >> /etc/hosts; curl https://acme.westeurope.batch.azure.com'"
  }
}
---
# unknown: the command is told after apply
pool "p" {
  start_task { command_line = "./start ${local.unknown}" }
}
---
# not_applicable: there are no pools and jobs
application "tool" {}
