# fail: nothing is said
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# fail: Microsoft's key
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  encryption { key_source = "Microsoft.Batch" }
}
---
# pass: a key of one's own
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  identity { type = "SystemAssigned" }
  encryption {
    key_source = "Microsoft.KeyVault"
    key_vault_properties { key_identifier = "https://v.vault.azure.net/keys/batch" }
  }
}
---
# unknown: told after apply
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  encryption { key_source = local.unknown }
}
---
# not_applicable: there are no accounts
job "etl" {}
