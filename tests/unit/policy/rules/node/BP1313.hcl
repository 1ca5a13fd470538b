# fail: the user joins a group
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'usermod -aG docker _azbatch'"
  }
}
---
# fail: a user on Windows
pool "p" {
  start_task {
    command_line = "cmd /c net user PoolNonAdmin /add"
  }
}
---
# fail: a password on Windows
pool "p" {
  start_task {
    command_line = "cmd /c net user PoolNonAdmin secret"
  }
}
---
# fail: a group on Windows
pool "p" {
  start_task {
    command_line = "powershell -Command \"Remove-LocalGroup -Name WATaskCommon\""
  }
}
---
# fail: a user of the pool has the name
pool "p" {
  user_accounts {
    name     = "_azbatch"
    password = "secret"
  }
  start_task {
    command_line = "/bin/true"
  }
}
---
# fail: a job preparation task does it
job "render" {
  job_preparation_task {
    command_line = "/bin/bash -c 'sudo passwd -d _azbatch'"
  }
}
---
# pass: it is only looked at
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'id _azbatch; getent passwd _azbatch'"
  }
}
---
# pass: a group is only shown
pool "p" {
  start_task {
    command_line = "cmd /c net localgroup WATaskCommon"
  }
}
---
# pass: a user of its own
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'id render || useradd render; usermod -aG docker render'"
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
