# fail: a size that only the region's list knows
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_New8, cores: 8}
pool "p" {
  vm_size             = "standard_new8"
  task_slots_per_node = 64
}
---
# fail: never more than 256
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_New2, cores: 2}
pool "p" {
  vm_size             = "standard_new2"
  task_slots_per_node = 256
}
---
# pass: four for each core
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_New8, cores: 8}
pool "p" {
  vm_size             = "standard_new8"
  task_slots_per_node = 32
}
---
# pass: the region does not have it, which another rule says
# live:
#   vm_sizes:
#     westeurope: []
pool "p" {
  vm_size             = "standard_new8"
  task_slots_per_node = 64
}
---
# not_applicable: validation knows the size
pool "p" {
  task_slots_per_node = 16
}
---
# not_applicable: one slot
pool "p" {
  vm_size = "standard_new8"
}
---
# unknown: the number is told after apply
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_New8, cores: 8}
pool "p" {
  vm_size             = "standard_new8"
  task_slots_per_node = tonumber(local.unknown)
}
---
# not_checked: the sizes were not read
pool "p" {
  vm_size             = "standard_new8"
  task_slots_per_node = 64
}
