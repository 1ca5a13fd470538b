# fail: nobody accepted them
# live:
#   marketplace_terms:
#     contoso:render-appliance:2026: {plan: true, accepted: false}
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  image_reference {
    publisher = "contoso"
    offer     = "render-appliance"
    sku       = "2026"
  }
}
---
# pass: they are accepted
# live:
#   marketplace_terms:
#     contoso:render-appliance:2026: {plan: true, accepted: true}
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  image_reference {
    publisher = "contoso"
    offer     = "render-appliance"
    sku       = "2026"
  }
}
---
# pass: the image has none
# live:
#   marketplace_terms:
#     microsoft-dsvm:ubuntu-hpc:2204: {plan: false}
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {}
---
# not_applicable: Batch's own subscriptions have accepted them
pool "p" {
  image_reference {
    publisher = "contoso"
    offer     = "render-appliance"
    sku       = "2026"
  }
}
---
# not_applicable: an image of one's own
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# unknown: the mode is told after apply
account "west" {
  pool_allocation_mode = local.unknown
}
pool "p" {}
---
# not_checked: the terms were not read
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {}
---
# not_checked: the account is not declared
pool "p" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/other"
}
