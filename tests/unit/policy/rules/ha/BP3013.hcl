# fail: it is marked, and its pool is in one region
pool "p" {}
job_schedule "nightly" {
  metadata {
    name  = "time_sensitive"
    value = "true"
  }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# fail: its pool is marked, and the backup is in the same region
account "second" {
  name                = "second"
  resource_group_name = "rg"
  location            = "West Europe"
}
pool "p" {
  tags = { Time_Sensitive = "Yes" }
  backup "second" { account_id = account.second.id }
}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# fail: its account is marked, and it runs on a pool that is not declared
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  tags = { time_sensitive = "1" }
}
job_schedule "nightly" {}
---
# pass: its pool has a backup in another region
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
job_schedule "nightly" {
  metadata {
    name  = "time_sensitive"
    value = "true"
  }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_applicable: nothing says that it cannot wait
pool "p" {}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_applicable: the pool is marked, and the schedule says that its own runs can wait
pool "p" {
  tags = { time_sensitive = "true" }
}
job_schedule "cleaning" {
  metadata {
    name  = "time_sensitive"
    value = "false"
  }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# unknown: the mark is told after apply
pool "p" {}
job_schedule "nightly" {
  metadata {
    name  = "time_sensitive"
    value = local.unknown
  }
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
