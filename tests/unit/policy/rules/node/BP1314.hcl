# fail: nohup
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'nohup /opt/agent/agent --port 9000 > /var/log/agent.log 2>&1 &'"
  }
}
---
# fail: setsid
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'setsid /opt/agent/agent'"
  }
}
---
# fail: an ampersand
pool "p" {
  start_task {
    command_line = "/bin/bash -c '/opt/agent/agent & echo ready'"
  }
}
---
# fail: a loop
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'while true; do nvidia-smi >> gpu.txt; sleep 60; done &'"
  }
}
---
# fail: Start-Process
pool "p" {
  start_task {
    command_line = "powershell -Command \"Start-Process C:\\agent\\agent.exe\""
  }
}
---
# fail: start /b
pool "p" {
  start_task {
    command_line = "cmd /c start /b C:\\agent\\agent.exe"
  }
}
---
# pass: it waits for what it started
pool "p" {
  start_task {
    command_line = "/bin/bash -c './download.sh a & ./download.sh b & wait'"
  }
}
---
# pass: a service
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'systemctl enable --now agent'"
  }
}
---
# pass: start that waits, and another program with such an option
pool "p" {
  start_task {
    command_line = "cmd /c start /wait setup.exe & robocopy C:\\a C:\\b /b"
  }
}
---
# pass: Start-Process that waits
pool "p" {
  start_task {
    command_line = "powershell -Command \"Start-Process msiexec -Wait\""
  }
}
---
# pass: cmd chains with an ampersand
pool "p" {
  start_task {
    command_line = "cmd /c install.cmd & echo ready"
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
