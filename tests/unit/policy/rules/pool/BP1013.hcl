# no unknown: the planner says what changes

# fail: the account goes with all that is in it
# changes:
#   account.west: {action: replace, strategy: recreate, fields: {pool_allocation_mode: [null, UserSubscription, create]}}
account "west" {
  pool_allocation_mode = "UserSubscription"
  key_vault_reference {
    id  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v"
    url = "https://v.vault.azure.net/"
  }
}
pool "p" {}
pool "q" {}
job "j" {}
---
# not_applicable: nothing changes
# changes:
#   account.west: {action: noop}
account "west" {}
---
# pass: other things change
# changes:
#   account.west: {action: update, fields: {tags: [null, {team: render}, live]}}
account "west" {
  tags = { team = "render" }
}
