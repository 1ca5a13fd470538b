# fail: too few cores
pool "p" {
  tags                = { task_cores = "2" }
  task_slots_per_node = 4
}
---
# fail: too little memory
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4, capabilities: {MemoryGB: "16"}}
pool "p" {
  tags                = { task_memory_gib = "6" }
  task_slots_per_node = 4
}
---
# fail: the cores of a size that only the region's list knows
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_New8, cores: 8}
pool "p" {
  vm_size             = "standard_new8"
  tags                = { task_cores = "2.5" }
  task_slots_per_node = 4
}
---
# pass: it is enough
# live:
#   vm_sizes:
#     westeurope:
#       - {name: Standard_D4s_v5, cores: 4, capabilities: {MemoryGB: "16"}}
pool "p" {
  tags                = { task_cores = "1", task_memory_gib = "4" }
  task_slots_per_node = 4
}
---
# not_applicable: nobody says what a task needs
pool "p" {
  task_slots_per_node = 16
}
---
# not_applicable: what is said is no number
pool "p" {
  tags = { task_cores = "a few" }
}
---
# unknown: what a task needs is told after apply
pool "p" {
  tags                = { task_cores = local.unknown }
  task_slots_per_node = 4
}
---
# not_checked: the memory of the size was not read
pool "p" {
  tags                = { task_memory_gib = "6" }
  task_slots_per_node = 4
}
