# fail: all disks are initialised
pool "p" {
  start_task {
    command_line = "powershell -Command \"Get-Disk | Initialize-Disk -PartitionStyle GPT -PassThru | New-Partition -UseMaximumSize\""
  }
}
---
# fail: a disk by its number is cleared
pool "p" {
  start_task {
    command_line = "powershell -Command \"Clear-Disk -Number 2 -RemoveData -Confirm:$false\""
  }
}
---
# fail: by way of cmd
pool "p" {
  start_task {
    command_line = "cmd /c powershell -Command \"Initialize-Disk -Number 2\""
  }
}
---
# pass: RAW disks only
pool "p" {
  start_task {
    command_line = "powershell -Command \"Get-Disk | Where-Object PartitionStyle -eq 'RAW' | Initialize-Disk -PassThru\""
  }
}
---
# pass: RAW disks only, in a variable
pool "p" {
  start_task {
    command_line = "powershell -Command \"$raw = Get-Disk | Where-Object { $_.PartitionStyle -eq 'RAW' }; foreach ($disk in $raw) { Initialize-Disk -InputObject $disk }\""
  }
}
---
# pass: disks are left alone
pool "p" {
  start_task {
    command_line = "cmd /c echo ready"
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
