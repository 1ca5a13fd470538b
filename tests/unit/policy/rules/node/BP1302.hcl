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
