# fail: auto-storage and the files of a pool are elsewhere
# live: {storage_locations: {acmeneu: North Europe, acmeus: eastus, acmeweu: westeurope}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  auto_storage { storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acmeneu" }
}
pool "p" {
  start_task {
    command_line = "./start.sh"
    resource_files {
      http_url  = "https://acmeus.blob.core.windows.net/tools/start.sh"
      file_path = "start.sh"
    }
  }
  mount_configuration {
    azure_file_share_configuration {
      account_name        = "acmeweu"
      azure_file_url      = "https://acmeweu.file.core.windows.net/share"
      account_key         = "secret"
      relative_mount_path = "share"
    }
  }
}
---
# fail: it shares its storage with the account that it stands in for
# live: {parity: {pool.p: {north: [{name: auto_storage, verdict: weak, detail: the storage account of the other region}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# pass: beside the account
# live: {storage_locations: {acmeweu: westeurope}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  auto_storage { storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acmeweu" }
}
---
# not_checked: where it is was not read
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  auto_storage { storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acmeweu" }
}
---
# not_applicable: no storage
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
pool "p" {}
---
# unknown: it is told after apply
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  auto_storage { storage_account_id = local.unknown }
}
