# no unknown: what is deleted is known when planning

# fail: a pool that stays is in it
# changes:
#   account.old: {action: delete, strategy: remove}
#   pool.p: {action: noop}
# live: {contents: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west: {}}}
pool "p" {}
---
# fail: other people's pools and jobs are in it
# changes:
#   account.old: {action: delete, strategy: remove}
#   pool.ours: {action: delete, strategy: remove}
# live: {contents: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west: {pool: [ours, theirs], job: [adhoc]}}}
---
# pass: all that is in it goes with it
# changes:
#   account.old: {action: delete, strategy: remove}
#   pool.ours: {action: delete, strategy: remove}
# live: {contents: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west: {pool: [ours]}}}
---
# not_checked: what is in it was not read
# changes:
#   account.old: {action: delete, strategy: remove}
---
# not_applicable: it stays
# changes:
#   account.west: {action: noop}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
