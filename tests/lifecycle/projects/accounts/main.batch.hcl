account "plain" {
  name                = "plainacct"
  resource_group_name = "rg"
  location            = "West Europe"
}

account "full" {
  name                         = "fullacct"
  resource_group_name          = "rg"
  location                     = "northeurope"
  public_network_access        = "Enabled"
  allowed_authentication_modes = ["AAD", "TaskAuthenticationToken"]
  tags                         = { team = "render", cost = "7" }

  identity {
    type                     = "UserAssigned"
    user_assigned_identities = ["/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one"]
  }

  auto_storage {
    storage_account_id  = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/fullstore"
    authentication_mode = "BatchAccountManagedIdentity"
    node_identity_reference {
      resource_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one"
    }
  }

  network_profile {
    account_access {
      default_action = "Deny"
      ip_rules {
        action = "Allow"
        value  = "10.0.0.0/8"
      }
      ip_rules {
        action = "Allow"
        value  = "192.168.1.1"
      }
    }
    node_management_access {
      default_action = "Allow"
    }
  }
}

account "own" {
  name                 = "ownacct"
  resource_group_name  = "rg"
  location             = "westeurope"
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
    url = "https://kv.vault.azure.net/"
  }
}

output "id" {
  value = account.full.id
}
