# fail: more than a Batch service account takes
pool "p" {
  inter_node_communication = "Enabled"
  fixed_scale { target_dedicated_nodes = 120 }
}
---
# fail: more than a user subscription account takes
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {
  inter_node_communication = "Enabled"
  auto_scale { formula = "$TargetDedicatedNodes = min(90, $PendingTasks.GetSample(1));" }
}
---
# fail: the backup alone is too large
pool "p" {
  inter_node_communication = "Enabled"
  fixed_scale { target_dedicated_nodes = 40 }
  backup "north" {
    account_id = account.west.id
    fixed_scale { target_dedicated_nodes = 200 }
  }
}
---
# fail: an account that is not declared, beyond either limit
pool "p" {
  account_id               = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/other"
  inter_node_communication = "Enabled"
  fixed_scale { target_dedicated_nodes = 120 }
}
---
# not_checked: an account that is not declared, between the limits
pool "p" {
  account_id               = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/other"
  inter_node_communication = "Enabled"
  fixed_scale { target_dedicated_nodes = 90 }
}
---
# pass: at the limit
pool "p" {
  inter_node_communication = "Enabled"
  fixed_scale { target_dedicated_nodes = 100 }
}
---
# pass: nothing bounds the formula, which another rule says
pool "p" {
  inter_node_communication = "Enabled"
  auto_scale { formula = "$TargetDedicatedNodes = $PendingTasks.GetSample(1);" }
}
---
# not_applicable: nodes do not talk to each other
pool "p" {
  fixed_scale { target_dedicated_nodes = 500 }
}
---
# unknown: the target is told after apply
pool "p" {
  inter_node_communication = "Enabled"
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
