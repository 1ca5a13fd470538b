# no unknown: settings are read, and the name of an account is known

# fail: no setting
# live: {diagnostic_settings: {west: []}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# fail: only other logs
# live: {diagnostic_settings: {west: [{name: to-storage, logs: [AuditLog]}]}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# pass: the log of the service goes to a workspace
# live: {diagnostic_settings: {west: [{name: to-workspace, logs: [ServiceLog]}]}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# pass: all logs do
# live: {diagnostic_settings: {west: [{name: by-policy, logs: [allLogs]}]}}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# not_checked: the settings were not read
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# not_applicable: there are no accounts
job "etl" {}
