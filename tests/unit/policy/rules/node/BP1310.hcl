# fail: a disk is mounted over /mnt
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mount /dev/disk/azure/scsi1/lun0 /mnt'"
  }
}
---
# fail: the folder is linked elsewhere
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mv /mnt/batch /data/batch && ln -s /data/batch /mnt/batch'"
  }
}
---
# fail: it is bound elsewhere
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mount --bind /data $AZ_BATCH_NODE_ROOT_DIR'"
  }
}
---
# fail: fstab
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo \"UUID=1 /mnt/resource ext4 defaults 0 2\" > /etc/fstab'"
  }
}
---
# fail: the temporary disk is moved
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'sed -i s,ResourceDisk.MountPoint=/mnt,ResourceDisk.MountPoint=/scratch, /etc/waagent.conf'"
  }
}
---
# fail: a link on Windows
pool "p" {
  start_task {
    command_line = "cmd /c rd /s /q D:\\batch & mklink /D D:\\batch F:\\batch"
  }
}
---
# fail: a link by PowerShell
pool "p" {
  start_task {
    command_line = "powershell -Command \"New-Item -ItemType Junction -Path D:\\batch\\tasks -Target F:\\tasks\""
  }
}
---
# fail: a drive of another name
pool "p" {
  start_task {
    command_line = "powershell -Command \"Set-Partition -DriveLetter D -NewDriveLetter T\""
  }
}
---
# fail: a substituted drive
pool "p" {
  start_task {
    command_line = "cmd /c subst D: F:\\x"
  }
}
---
# fail: a job preparation task does it
job "render" {
  job_preparation_task {
    command_line = "/bin/bash -c 'ln -sfn /data /mnt/batch/tasks'"
  }
}
---
# fail: it is deleted
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'rm -rf /mnt/batch && mkdir -p /data/batch'"
  }
}
---
# fail: blobfuse over it
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'blobfuse2 /mnt --config-file=fuse.yaml'"
  }
}
---
# pass: a mount that points there
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mount --bind /mnt/batch/tasks /tasks'"
  }
}
---
# pass: other settings of the drive, another drive
pool "p" {
  start_task {
    command_line = "powershell -Command \"Set-Partition -DriveLetter D -IsHidden $false; Set-Partition -DriveLetter E -NewDriveLetter F\""
  }
}
---
# pass: a link that points there
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'ln -sfn /mnt/batch/tasks/shared /shared'"
  }
}
---
# pass: a folder below
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mkdir -p /mnt/data && mount /dev/disk/azure/scsi1/lun0 /mnt/data'"
  }
}
---
# pass: it is only read
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'ls /mnt/batch; df -h /mnt; du -s $AZ_BATCH_NODE_ROOT_DIR'"
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
