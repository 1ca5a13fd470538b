# fail: unset is on
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# fail: on
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = "Enabled"
}
---
# pass: off
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = "Disabled"
}
---
# pass: a perimeter guards it
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = "SecuredByPerimeter"
}
---
# unknown: told after apply
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  public_network_access = local.unknown
}
---
# not_applicable: there are no accounts
job "etl" {}
