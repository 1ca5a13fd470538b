# fail: there is none
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "0"}}
pool "p" {}
---
# fail: four tasks need more than fits
# params: {gigabytes_per_slot: 40}
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "153600"}}
pool "p" {
  task_slots_per_node = 4
}
---
# pass: it is large enough
# params: {gigabytes_per_slot: 20}
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "153600"}}
pool "p" {
  task_slots_per_node = 4
}
---
# pass: nobody says what tasks need
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "153600"}}
pool "p" {}
---
# pass: the OS disk is given a size
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "0"}}
pool "p" {
  os_disk { disk_size_gb = 256 }
}
---
# pass: there are data disks
# params: {gigabytes_per_slot: 40}
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "0"}}
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
---
# not_applicable: the service does not say
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {}}
pool "p" {}
---
# unknown: the size is told after apply
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxResourceVolumeMB: "0"}}
pool "p" {
  vm_size = local.unknown
}
---
# not_checked: the sizes were not read
pool "p" {}
