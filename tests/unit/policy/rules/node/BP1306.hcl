# fail: mkfs without a question
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'set -e; mkfs.ext4 -F /dev/disk/azure/scsi1/lun0; mount /dev/disk/azure/scsi1/lun0 /data'"
  }
}
---
# fail: asking whether there is a device is not enough
pool "p" {
  start_task {
    command_line = "/bin/bash -c '[ -b /dev/disk/azure/scsi1/lun0 ] && mkfs -t xfs -f /dev/disk/azure/scsi1/lun0'"
  }
}
---
# fail: partitions are made
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'parted -s /dev/disk/azure/scsi1/lun0 mklabel gpt mkpart data 0% 100%'"
  }
}
---
# fail: diskpart on Windows
pool "p" {
  start_task {
    command_line = "cmd /c diskpart /s disks.txt"
  }
}
---
# fail: volumes are formatted on Windows
pool "p" {
  start_task {
    command_line = "powershell -Command \"Get-Partition -DriveLetter F | Format-Volume -FileSystem NTFS -Confirm:$false\""
  }
}
---
# pass: only when it is empty
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'blkid /dev/disk/azure/scsi1/lun0 || mkfs.ext4 /dev/disk/azure/scsi1/lun0'"
  }
}
---
# pass: only when it is empty, with if
pool "p" {
  start_task {
    command_line = <<-EOT
      /bin/bash -c 'set -e
      if ! blkid /dev/disk/azure/scsi1/lun0; then
        parted -s /dev/disk/azure/scsi1/lun0 mklabel gpt
        mkfs.ext4 /dev/disk/azure/scsi1/lun0
      fi'
    EOT
  }
}
---
# pass: only at the first start
pool "p" {
  start_task {
    command_line = "/bin/bash -c '[ -e /var/done ] && exit 0; mkfs.ext4 /dev/disk/azure/scsi1/lun0; touch /var/done'"
  }
}
---
# pass: RAW disks only
pool "p" {
  start_task {
    command_line = "powershell -Command \"Get-Disk | Where-Object PartitionStyle -eq 'RAW' | Initialize-Disk -PassThru | New-Partition -UseMaximumSize -AssignDriveLetter | Format-Volume\""
  }
}
---
# pass: partitions are listed
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'fdisk -l /dev/disk/azure/scsi1/lun0; parted /dev/disk/azure/scsi1/lun0 print'"
  }
}
---
# pass: another rule speaks of disks that are initialised
pool "p" {
  start_task {
    command_line = "powershell -Command \"Get-Disk | Initialize-Disk -PassThru | New-Partition -UseMaximumSize | Format-Volume\""
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
