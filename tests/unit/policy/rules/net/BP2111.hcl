# fail: another subscription
pool "p" {
  account_id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/other"
  network_configuration {
    subnet_id = "/subscriptions/66666666-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
  }
}
---
# fail: another region
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: northeurope}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# pass: beside the account
# live: {subnets: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch: {location: West Europe}}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# not_checked: the subnet was not read
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# not_applicable: no network of one's own
pool "p" {}
---
# not_applicable: the account is not in this configuration
pool "p" {
  account_id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/other"
  network_configuration {
    subnet_id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
  }
}
---
# unknown: the subnet is told after apply
pool "p" {
  network_configuration {
    subnet_id = local.unknown
  }
}
