# fail: provider and role are missing
# live:
#   subscription_setup: {west: {provider_registered: false, role_assigned: false}}
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
---
# fail: pools wait with upgrades, and the feature is missing
# live:
#   subscription_setup: {west: {provider_registered: true, role_assigned: true, rolling_upgrade_deferral: false}}
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  upgrade_policy {
    mode = "automatic"
    automatic_os_upgrade_policy {
      enable_automatic_os_upgrade = true
      os_rolling_upgrade_deferral = true
    }
  }
}
---
# pass: all is there
# live:
#   subscription_setup: {west: {provider_registered: true, role_assigned: true}}
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
---
# not_applicable: Batch makes the nodes in its own subscriptions
account "west" {}
---
# unknown: the mode is told after apply
account "west" {
  pool_allocation_mode = local.unknown
}
---
# not_checked: the subscription was not looked at
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
