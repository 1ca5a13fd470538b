# fail: nothing is said about tasks
pool "p" {
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }
}
---
# fail: upgrades do not wait
pool "p" {
  upgrade_policy {
    mode = "rolling"
    automatic_os_upgrade_policy {
      enable_automatic_os_upgrade = true
      os_rolling_upgrade_deferral = false
    }
  }
}
---
# pass: upgrades wait
pool "p" {
  upgrade_policy {
    mode = "rolling"
    automatic_os_upgrade_policy {
      enable_automatic_os_upgrade = true
      os_rolling_upgrade_deferral = true
    }
  }
}
---
# not_applicable: no upgrade_policy
pool "p" {}
---
# unknown: it is told after apply
pool "p" {
  upgrade_policy {
    mode = "rolling"
    automatic_os_upgrade_policy {
      enable_automatic_os_upgrade = true
      os_rolling_upgrade_deferral = tobool(local.unknown)
    }
  }
}
