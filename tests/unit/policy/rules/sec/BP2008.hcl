# fail: nothing is said
pool "p" {}
---
# fail: neither disk on Windows
pool "p" {
  node_agent_sku_id = "batch.node.windows amd64"
}
---
# pass: a Linux pool takes the temporary disk only
pool "p" {
  disk_encryption_configuration { targets = ["TemporaryDisk"] }
}
---
# pass: the host encrypts all
pool "p" {
  security_profile { encryption_at_host = true }
}
---
# not_applicable: a Linux image of one's own
pool "p" {
  image_reference {
    id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/i"
  }
}
---
# not_applicable: user subscription mode
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {}
---
# unknown: told after apply
pool "p" {
  disk_encryption_configuration { targets = [local.unknown] }
}
