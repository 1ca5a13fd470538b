# fail: nothing says why
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# pass: a tag says why
account "west" {
  pool_allocation_mode = "UserSubscription"
  tags                 = { pool_allocation_reason = "reserved instances" }
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
---
# pass: Spot nodes are reason enough
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  fixed_scale { target_low_priority_nodes = 10 }
}
---
# pass: a disk encryption set needs the mode
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  os_disk {
    managed_disk {
      disk_encryption_set { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/diskEncryptionSets/d" }
    }
  }
}
---
# not_applicable: nothing is said, which is Batch service
account "west" {}
---
# unknown: the tag is told after apply
account "west" {
  pool_allocation_mode = "UserSubscription"
  tags                 = { pool_allocation_reason = local.unknown }
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
