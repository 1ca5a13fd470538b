# fail: there is no start task
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
---
# fail: the start task does something else
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get install -y blender'"
  }
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  data_disks {
    lun          = 1
    disk_size_gb = 512
  }
}
---
# fail: an image of one's own may prepare them, so that it is a warning
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  image_reference {
    id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/i"
  }
}
---
# fail: in an auto pool
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            publisher = "microsoft-dsvm"
            offer     = "ubuntu-hpc"
            sku       = "2204"
          }
          data_disks {
            logical_unit_number = 0
            disk_size_gb        = 512
          }
        }
        start_task {
          command_line = "/bin/bash -c 'echo ready'"
        }
      }
    }
  }
}
---
# fail: in an auto pool with an image of one's own
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            virtual_machine_image_id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/i"
          }
          data_disks {
            logical_unit_number = 0
            disk_size_gb        = 512
          }
        }
        start_task {
          command_line = "/bin/bash -c 'echo ready'"
        }
      }
    }
  }
}
---
# pass: the start task mounts them
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'blkid /dev/disk/azure/scsi1/lun0 || mkfs.ext4 /dev/disk/azure/scsi1/lun0; mount /dev/disk/azure/scsi1/lun0 /data'"
  }
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
---
# pass: a script may prepare them
pool "p" {
  start_task {
    command_line = "bash prepare.sh"
  }
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
---
# pass: an extension may prepare them
pool "p" {
  start_task {
    command_line = "/bin/true"
  }
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  extensions {
    name      = "disks"
    publisher = "Microsoft.Azure.Extensions"
    type      = "CustomScript"
  }
}
---
# not_applicable: there are no data disks
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo ready'"
  }
}
---
# unknown: the command line is told after apply
pool "p" {
  start_task {
    command_line = local.unknown
  }
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
