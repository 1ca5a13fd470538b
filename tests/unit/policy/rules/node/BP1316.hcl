# fail: a chain
pool "p" {
  start_task {
    command_line = "apt-get update && apt-get install -y blender"
  }
}
---
# fail: a variable
pool "p" {
  start_task {
    command_line = "/opt/agent --node $AZ_BATCH_NODE_ID"
  }
}
---
# fail: a variable in quotes
pool "p" {
  start_task {
    command_line = "python3 run.py \"$AZ_BATCH_NODE_ID\""
  }
}
---
# fail: a variable of Windows
pool "p" {
  start_task {
    command_line = "%AZ_BATCH_APP_PACKAGE_TOOL%\\setup.exe /quiet"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# fail: arguments of a PowerShell script
pool "p" {
  start_task {
    command_line = "powershell -ExecutionPolicy Bypass -File setup.ps1 $env:AZ_BATCH_NODE_ID"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# fail: a redirection behind a shell that only runs a script
pool "p" {
  start_task {
    command_line = "sh prepare.sh > prepare.log"
  }
}
---
# fail: a command that only cmd has
pool "p" {
  start_task {
    command_line = "echo started"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# fail: a command that only a shell has
pool "p" {
  start_task {
    command_line = "source prepare.sh"
  }
}
---
# fail: a job manager task
job "render" {
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py; exit 0"
  }
}
---
# fail: a job release task
job "render" {
  job_preparation_task {
    command_line = "/bin/true"
  }
  job_release_task {
    command_line = "rm -rf $AZ_BATCH_JOB_PREP_DIR"
  }
}
---
# pass: a shell
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get update && apt-get install -y blender > out.txt'"
  }
}
---
# pass: cmd
pool "p" {
  start_task {
    command_line = "cmd /c %AZ_BATCH_APP_PACKAGE_TOOL%\\setup.exe & echo done"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# pass: PowerShell
pool "p" {
  start_task {
    command_line = "powershell -Command \"Get-Disk | Out-File disks.txt\""
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# pass: a PowerShell script
pool "p" {
  start_task {
    command_line = "powershell -File setup.ps1 -Mode fast"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# pass: a program by itself
pool "p" {
  start_task {
    command_line = "python3 run.py --mode \"a;b\" --url https://example.com/x?a=1&b=2"
  }
}
---
# pass: a program that takes such text
pool "p" {
  start_task {
    command_line = "python3 -c 'import os; print(1)'"
  }
}
---
# pass: echo is a program on Linux
pool "p" {
  start_task {
    command_line = "echo started"
  }
}
---
# pass: the entry point of the container is a shell
pool "p" {
  start_task {
    command_line = "echo $AZ_BATCH_NODE_ID && date"
    container_settings {
      image_name            = "example.azurecr.io/tool:1"
      container_run_options = "--rm --entrypoint /bin/sh"
    }
  }
  container_configuration {
    type = "DockerCompatible"
  }
}
---
# not_applicable: there is no task
pool "p" {}
---
# unknown: the command line is told after apply
pool "p" {
  start_task {
    command_line = local.unknown
  }
}
