# fail: every ten minutes
job_schedule "nightly" {
  schedule { recurrence_interval = "PT10M" }
  job_specification {
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
          }
        }
      }
    }
  }
}
---
# fail: a job of at most a quarter of an hour
job "render" {
  constraints { max_wall_clock_time = "PT15M" }
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
        }
      }
    }
  }
}
---
# fail: a pool for each job of a loop
job "render" {
  for_each = toset(["a", "b", "c"])
  name     = each.key
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
        }
      }
    }
  }
}
job "other" {
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
        }
      }
    }
  }
}
---
# pass: each job runs for hours
job_schedule "nightly" {
  schedule { recurrence_interval = "PT24H" }
  job_specification {
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
          }
        }
      }
    }
    constraints { max_wall_clock_time = "PT4H" }
  }
}
---
# pass: the nodes start faster than that
# params: {allocation_minutes: 2}
job_schedule "nightly" {
  schedule { recurrence_interval = "PT10M" }
  job_specification {
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
          }
        }
      }
    }
  }
}
---
# pass: one job with a pool of its own
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
        }
      }
    }
  }
}
---
# not_applicable: the pool lives with the schedule
job_schedule "nightly" {
  schedule { recurrence_interval = "PT10M" }
  job_specification {
    pool_info {
      auto_pool_specification {
        pool_lifetime_option = "jobschedule"
        pool {
          vm_size = "standard_d4s_v5"
          virtual_machine_configuration {
            node_agent_sku_id = "batch.node.ubuntu 22.04"
            image_reference {
              publisher = "microsoft-dsvm"
              offer     = "ubuntu-hpc"
              sku       = "2204"
            }
          }
        }
      }
    }
  }
}
---
# not_applicable: the pool is shared
job "render" {
}
---
# unknown: the interval is told after apply
job_schedule "nightly" {
  schedule { recurrence_interval = local.unknown }
  job_specification {
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
          }
        }
      }
    }
  }
}
