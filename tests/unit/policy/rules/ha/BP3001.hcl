# fail: a schedule runs on it
pool "p" {}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# fail: its account is for production, and its backup is in the same region
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  tags = { Environment = "Prod" }
}
account "second" {
  name                = "second"
  resource_group_name = "rg"
  location            = "West Europe"
}
pool "p" {
  backup "second" { account_id = account.second.id }
}
---
# pass: it has a backup in another region
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# pass: a pool of the same name is in another region
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  tags = { env = "production" }
  name = "render"
}
pool "q" {
  tags       = { env = "production" }
  account_id = account.north.id
  name       = "render"
}
---
# not_applicable: nothing says that it matters
pool "p" {
  tags = { environment = "dev" }
}
job "once" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# unknown: the mark is told after apply
pool "p" {
  tags = { environment = local.unknown }
}
