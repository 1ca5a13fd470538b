# fail: there is no profile
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# fail: all may come in
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  network_profile {
    account_access { default_action = "Allow" }
  }
}
---
# pass: only a range may come in, and nodes from everywhere
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  network_profile {
    account_access {
      default_action = "Deny"
      ip_rules { value = "203.0.113.0/24" }
    }
    node_management_access { default_action = "Allow" }
  }
}
---
# not_applicable: the public network does not reach it
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = "Disabled"
}
---
# unknown: told after apply
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  network_profile {
    account_access { default_action = local.unknown }
  }
}
