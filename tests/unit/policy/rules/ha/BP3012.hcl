# fail: there is no other pool
pool "p" {}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# fail: all have the same kind of machine
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  vm_size = "standard_d8s_v5"
  backup "north" { account_id = account.north.id }
}
pool "q" {
  vm_size = "standard_d4s_v5"
}
pool "windows" {
  vm_size           = "standard_e4s_v5"
  node_agent_sku_id = "batch.node.windows amd64"
}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# pass: a backup with another family
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" {
    account_id = account.north.id
    vm_size    = "standard_e4s_v5"
  }
}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# pass: another pool beside it
pool "p" {}
pool "q" {
  vm_size = "standard_f4s_v2"
}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# not_applicable: a pool of others
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = "theirs" }
  }
}
---
# unknown: the size is told after apply
pool "p" {
  vm_size = local.unknown
}
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
