# fail: tasks need not wait
pool "p" {
  start_task {
    command_line     = "/bin/bash -c ./prepare.sh"
    wait_for_success = false
  }
}
---
# pass: unset waits
pool "p" {
  start_task {
    command_line = "/bin/bash -c ./prepare.sh"
  }
}
---
# pass: tasks wait
pool "p" {
  start_task {
    command_line     = "/bin/bash -c ./prepare.sh"
    wait_for_success = true
  }
}
---
# not_applicable: there is no start task
pool "p" {}
---
# unknown: it is told after apply
pool "p" {
  start_task {
    command_line     = "/bin/bash -c ./prepare.sh"
    wait_for_success = tobool(local.unknown)
  }
}
---
# fail: the start task of an auto pool
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 18.04"
          image_reference {
            publisher = "Canonical"
            offer     = "UbuntuServer"
            sku       = "18.04-LTS"
          }
        }
        start_task {
          command_line     = "/bin/bash -c ./start.sh"
          wait_for_success = false
        }
      }
    }
  }
}
