# fail: three disks, and two fit
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxDataDiskCount: "2"}}
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  data_disks {
    lun          = 1
    disk_size_gb = 512
  }
  data_disks {
    lun          = 2
    disk_size_gb = 512
  }
}
---
# pass: they fit
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxDataDiskCount: "8"}}
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  data_disks {
    lun          = 1
    disk_size_gb = 512
  }
  data_disks {
    lun          = 2
    disk_size_gb = 512
  }
}
---
# not_applicable: there are no disks
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxDataDiskCount: "2"}}
pool "p" {}
---
# not_applicable: the service does not say
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {}}
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
---
# not_applicable: the size is not offered
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxDataDiskCount: "2"}}
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  vm_size = "standard_d2s_v5"
}
---
# unknown: the size is told after apply
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxDataDiskCount: "2"}}
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  vm_size = local.unknown
}
---
# not_checked: the sizes were not read
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
}
---
# not_checked: the account is not here
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, family_name: f, cores: 4, capabilities: {MaxDataDiskCount: "2"}}
pool "p" {
  data_disks {
    lun          = 0
    disk_size_gb = 512
  }
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/elsewhere"
}
