# no unknown: what the state remembers is known

# fail: it was never tried
# observed: {pool.p: {}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# fail: that is long ago
# observed: {pool.p: {}}
# state: {drills: {pool.p: {at: "2026-10-01T08:00:00Z", key: north, passed: true}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# fail: it was tried, and tasks were lost
# observed: {pool.p: {}}
# state: {drills: {pool.p: {at: "2026-11-20T08:00:00Z", key: north, passed: false, tasks_lost: 3}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# pass: it was tried this month
# observed: {pool.p: {}}
# state: {drills: {pool.p: {at: "2026-11-01T08:00:00Z", key: north, passed: true}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# not_applicable: it has no backup
# observed: {pool.p: {}}
pool "p" {}
---
# not_applicable: it is not there yet
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
