# fail: the fourth of three
# changes:
#   account.west: {action: create}
# live:
#   location_quotas:
#     00000000-0000-0000-0000-000000000000/westeurope: {accounts: 3, account_quota: 3}
account "west" {}
---
# fail: the second of two that are made
# changes:
#   account.west: {action: create}
#   account.more: {action: create}
# live:
#   location_quotas:
#     00000000-0000-0000-0000-000000000000/westeurope: {accounts: 2, account_quota: 3}
account "west" {}
account "more" {}
---
# pass: the third of three
# changes:
#   account.west: {action: create}
# live:
#   location_quotas:
#     00000000-0000-0000-0000-000000000000/westeurope: {accounts: 2, account_quota: 3}
account "west" {}
---
# not_applicable: it is there
# changes:
#   account.west: {action: noop}
# live:
#   location_quotas:
#     00000000-0000-0000-0000-000000000000/westeurope: {accounts: 3, account_quota: 3}
account "west" {}
---
# unknown: the region is told after apply
# changes:
#   account.west: {action: create}
# live:
#   location_quotas:
#     00000000-0000-0000-0000-000000000000/westeurope: {accounts: 3, account_quota: 3}
account "west" { location = local.unknown }
---
# not_checked: the quota was not read
# changes:
#   account.west: {action: create}
account "west" {}
