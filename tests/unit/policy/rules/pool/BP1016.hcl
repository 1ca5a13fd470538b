# fail: low-priority nodes in a Batch service account
pool "p" {
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# fail: by formula
pool "p" {
  auto_scale { formula = "$TargetLowPriorityNodes = min(50, $PendingTasks.GetSample(1));" }
}
---
# pass: a user subscription account has Spot nodes
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# not_applicable: dedicated nodes only
pool "p" {
  fixed_scale { target_dedicated_nodes = 20 }
}
---
# not_applicable: the day has not come
# as_of: 2025-09-30
pool "p" {
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# not_checked: the account is not declared
pool "p" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/other"
  fixed_scale { target_low_priority_nodes = 20 }
}
---
# unknown: the target is told after apply
pool "p" {
  fixed_scale { target_low_priority_nodes = tonumber(local.unknown) }
}
