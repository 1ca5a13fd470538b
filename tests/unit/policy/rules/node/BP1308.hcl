# fail: fstab
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'grep -q scratch /etc/fstab || echo \"UUID=1 /mnt/scratch ext4 defaults 0 2\" >> /etc/fstab'"
  }
}
---
# fail: a mount unit
pool "p" {
  start_task {
    command_line = <<-EOT
      /bin/bash -c 'cat > /etc/systemd/system/mnt-data.mount <<EOF
      [Mount]
      What=/dev/disk/azure/scsi1/lun0
      Where=/mnt/resource/data
      EOF
      systemctl enable --now mnt-data.mount'
    EOT
  }
}
---
# pass: the order is named
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo \"UUID=1 /mnt/scratch ext4 defaults,x-systemd.requires-mounts-for=/mnt 0 2\" > /etc/fstab'"
  }
}
---
# pass: a unit names the order
pool "p" {
  start_task {
    command_line = <<-EOT
      /bin/bash -c 'cat > /etc/systemd/system/mnt-data.mount <<EOF
      [Unit]
      RequiresMountsFor=/mnt
      [Mount]
      What=/dev/disk/azure/scsi1/lun0
      Where=/mnt/data
      EOF'
    EOT
  }
}
---
# pass: elsewhere
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo \"UUID=1 /data ext4 defaults 0 2\" > /etc/fstab'"
  }
}
---
# pass: the start task mounts it
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mountpoint -q /mnt/data || mount /dev/disk/azure/scsi1/lun0 /mnt/data'"
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
