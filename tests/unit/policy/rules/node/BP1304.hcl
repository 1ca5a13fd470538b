# fail: apt does not wait
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get update && apt-get install -y blender'"
  }
}
---
# fail: zypper is told to wait, and apt is not
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get install -y blender'"
    environment_settings {
      name  = "ZYPP_LOCK_TIMEOUT"
      value = "600"
    }
  }
}
---
# fail: Windows updates itself
pool "p" {
  start_task {
    command_line = "cmd /c msiexec /i tool.msi /qn"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
  windows_configuration { enable_automatic_updates = true }
}
---
# fail: zypper does not wait
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'zypper install -y blender'"
  }
}
---
# fail: Windows Installer does not wait
pool "p" {
  start_task {
    command_line = "cmd /c msiexec /i tool.msi /qn"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
}
---
# pass: apt waits for the lock
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get -o DPkg::Lock::Timeout=600 install -y blender'"
  }
}
---
# pass: the installation is repeated
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'while ! apt-get install -y blender; do sleep 10; done'"
  }
}
---
# pass: dnf waits by itself
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'dnf install -y blender'"
  }
}
---
# pass: zypper is told to wait
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'zypper install -y blender'"
    environment_settings {
      name  = "ZYPP_LOCK_TIMEOUT"
      value = "600"
    }
  }
}
---
# pass: Windows does not update itself
pool "p" {
  start_task {
    command_line = "cmd /c msiexec /i tool.msi /qn"
  }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference {
    publisher = "microsoftwindowsserver"
    offer     = "windowsserver"
    sku       = "2022-datacenter"
  }
  windows_configuration { enable_automatic_updates = false }
}
---
# pass: nothing is installed
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get --version'"
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
