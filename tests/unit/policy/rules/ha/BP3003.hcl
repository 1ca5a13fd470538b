# fail: one package has no such version there, another is not there at all
# live: {parity: {pool.p: {north: [{name: packages, verdict: bad, missing: ["/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/microsoft.batch/batchaccounts/north/applications/tool/versions/2", "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/microsoft.batch/batchaccounts/north/applications/other"]}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  application_packages {
    id      = "${account.west.id}/applications/tool"
    version = "2"
  }
  application_packages { id = "${account.west.id}/applications/other" }
  backup "north" { account_id = account.north.id }
}
---
# pass: one is declared, the other is there
# live: {parity: {pool.p: {north: [{name: packages, verdict: good}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
application_package "tool" {
  application_id = "${account.north.id}/applications/tool"
  version        = "2"
}
pool "p" {
  application_packages {
    id      = "${account.west.id}/applications/tool"
    version = "2"
  }
  application_packages { id = "${account.west.id}/applications/other" }
  backup "north" { account_id = account.north.id }
}
---
# pass: it is declared for the pool's account, so it is made there, too
application_package "tool" {
  application_id = "${account.west.id}/applications/tool"
  version        = "2"
}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  application_packages {
    id      = "${account.west.id}/applications/tool"
    version = "2"
  }
  backup "north" { account_id = account.north.id }
}
---
# not_checked: the region does not answer
# live: {parity: {pool.p: {north: [{name: region, verdict: bad}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  application_packages { id = "${account.west.id}/applications/tool" }
  backup "north" { account_id = account.north.id }
}
---
# not_checked: the packages there were not read
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  application_packages { id = "${account.west.id}/applications/tool" }
  backup "north" { account_id = account.north.id }
}
---
# not_applicable: it needs no packages
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# unknown: the version is told after apply
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  application_packages {
    id      = "${account.west.id}/applications/tool"
    version = local.unknown
  }
  backup "north" { account_id = account.north.id }
}
