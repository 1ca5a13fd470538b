# fail: mklink /J
pool "p" {
  start_task {
    command_line = "cmd /c mklink /J C:\\tools D:\\tools"
  }
}
---
# fail: New-Item
pool "p" {
  start_task {
    command_line = "powershell -Command \"New-Item -ItemType Junction -Path C:\\tools -Target D:\\tools\""
  }
}
---
# fail: a job preparation task makes one
job "render" {
  job_preparation_task {
    command_line = "cmd /c mklink /j C:\\tools D:\\tools"
  }
}
---
# pass: another program with such an option
pool "p" {
  start_task {
    command_line = "cmd /c robocopy C:\\tools D:\\tools /J"
  }
}
---
# pass: a symbolic link
pool "p" {
  start_task {
    command_line = "cmd /c mklink /D C:\\tools D:\\tools"
  }
}
---
# pass: New-Item of another type
pool "p" {
  start_task {
    command_line = "powershell -Command \"New-Item -ItemType SymbolicLink -Path C:\\tools -Target D:\\tools\""
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
