# fail: it is mounted by its letter
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mkdir -p /data && mount /dev/sdc1 /data'"
  }
}
---
# fail: fstab names the letter
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo \"/dev/sdc /data ext4 defaults 0 2\" > /etc/fstab'"
  }
}
---
# fail: two names, each once
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'blkid /dev/sdc || mkfs.ext4 /dev/sdc; mount /dev/sdd /x'"
  }
}
---
# fail: NVMe in a pool with data disks
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mount /dev/nvme0n2 /data'"
  }
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
---
# pass: by LUN
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mount /dev/disk/azure/scsi1/lun0 /data'"
  }
}
---
# pass: local NVMe disks
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mkfs.xfs /dev/nvme0n1'"
  }
}
---
# pass: it only shows them
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'lsblk /dev/sda; echo /dev/sdb'"
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
