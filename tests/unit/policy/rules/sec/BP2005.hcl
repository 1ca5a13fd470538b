# fail: nodes have no way to it
# live: {private_endpoints: {west: [{group: batchAccount, state: Approved}, {group: nodeManagement, state: Pending}]}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = "Disabled"
}
---
# fail: all addresses are denied, and there is no endpoint
# live: {private_endpoints: {west: []}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  network_profile {
    account_access { default_action = "Deny" }
    node_management_access { default_action = "Deny" }
  }
}
---
# pass: both endpoints are there
# live: {private_endpoints: {west: [{group: batchAccount, state: Approved}, {group: nodeManagement, state: Approved}]}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = "Disabled"
}
---
# not_checked: the endpoints were not read
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = "Disabled"
}
---
# not_applicable: some addresses may come in
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  network_profile {
    account_access {
      default_action = "Deny"
      ip_rules { value = "203.0.113.0/24" }
    }
  }
}
---
# unknown: told after apply
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = local.unknown
}
