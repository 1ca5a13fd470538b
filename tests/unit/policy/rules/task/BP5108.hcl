# fail: preparation and release
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_preparation_task {
    command_line = "/bin/true"
    user_identity {
      auto_user { scope = "task" }
    }
  }
  job_release_task {
    command_line = "/bin/true"
    user_identity {
      auto_user { scope = "task" }
    }
  }
}
---
# fail: the manager of a schedule
job_schedule "nightly" {
  schedule { recurrence_interval = "PT1H" }
  job_specification {
    pool_info {
      auto_pool_specification {
        pool_lifetime_option = "jobschedule"
        pool {
          vm_size = "standard_d4s_v5"
          virtual_machine_configuration {
            node_agent_sku_id = "batch.node.windows amd64"
            image_reference {
              publisher = "microsoftwindowsserver"
              offer     = "windowsserver"
              sku       = "2022-datacenter"
            }
          }
        }
      }
    }
    job_manager_task {
      id           = "manager"
      command_line = "python3 manage.py"
      user_identity {
        auto_user { scope = "task" }
      }
    }
  }
}
---
# pass: the scope of the pool
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_preparation_task {
    command_line = "/bin/true"
    user_identity {
      auto_user { scope = "pool" }
    }
  }
}
---
# pass: unset is the pool's
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_preparation_task {
    command_line = "/bin/true"
  }
}
---
# not_applicable: Linux
pool "p" {
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_preparation_task {
    command_line = "/bin/true"
    user_identity {
      auto_user { scope = "task" }
    }
  }
}
---
# not_applicable: the manager of a job runs once
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
    user_identity {
      auto_user { scope = "task" }
    }
  }
}
---
# not_applicable: the pool is not here
job "render" {
  job_preparation_task {
    command_line = "/bin/true"
    user_identity {
      auto_user { scope = "task" }
    }
  }
}
---
# unknown: the scope is told after apply
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
job "render" {
  pool_info { pool_id = pool.p.pool_id }
  job_preparation_task {
    command_line = "/bin/true"
    user_identity {
      auto_user { scope = local.unknown }
    }
  }
}
