# fail: unset takes all
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# fail: keys are listed
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  allowed_authentication_modes = ["AAD", "SharedKey"]
}
---
# pass: Entra ID only
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  allowed_authentication_modes = ["AAD", "TaskAuthenticationToken"]
}
---
# not_applicable: user subscription mode takes no keys
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
---
# unknown: the mode is told after apply
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  allowed_authentication_modes = [local.unknown]
}
