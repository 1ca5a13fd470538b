# fail: sc
pool "p" {
  start_task {
    command_line = "cmd /c sc create agent binPath= \"%AZ_BATCH_TASK_WORKING_DIR%\\agent.exe\" start= auto"
  }
}
---
# fail: New-Service
pool "p" {
  start_task {
    command_line = "powershell -Command \"New-Service -Name agent -BinaryPathName $env:AZ_BATCH_TASK_WORKING_DIR\\agent.exe\""
  }
}
---
# fail: nssm, from where it stands
pool "p" {
  start_task {
    command_line = "cmd /c nssm install agent .\\agent.exe"
  }
}
---
# fail: a systemd unit
pool "p" {
  start_task {
    command_line = <<-EOT
      /bin/bash -c 'cat > /etc/systemd/system/agent.service <<EOF
      [Service]
      ExecStart=$AZ_BATCH_NODE_STARTUP_DIR/wd/agent
      EOF
      systemctl enable --now agent'
    EOT
  }
}
---
# fail: systemd-run
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'systemd-run --unit=agent /mnt/batch/tasks/startup/wd/agent'"
  }
}
---
# pass: from a folder of its own
pool "p" {
  start_task {
    command_line = "cmd /c copy agent.exe C:\\ProgramData\\agent\\ & sc create agent binPath= C:\\ProgramData\\agent\\agent.exe"
  }
}
---
# pass: a unit of its own folder
pool "p" {
  start_task {
    command_line = <<-EOT
      /bin/bash -c 'install -D agent /opt/agent/agent
      cat > /etc/systemd/system/agent.service <<EOF
      [Service]
      ExecStart=/opt/agent/agent
      EOF'
    EOT
  }
}
---
# pass: no service is installed
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'ls $AZ_BATCH_TASK_WORKING_DIR'"
  }
}
---
# not_applicable: there is no start task
pool "p" {}
---
# unknown: the command line is told after apply
pool "p" {
  start_task {
    command_line = local.unknown
  }
}
