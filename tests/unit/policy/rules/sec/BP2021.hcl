# fail: two customers on one pool
pool "p" {}
job "a" {
  pool_info { pool_id = pool.p.pool_id }
  metadata {
    name  = "isolation"
    value = "acme"
  }
}
job_schedule "b" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
    metadata {
      name  = "isolation"
      value = "globex"
    }
  }
}
---
# pass: one customer
pool "p" {}
job "a" {
  pool_info { pool_id = pool.p.pool_id }
  metadata {
    name  = "isolation"
    value = "acme"
  }
}
job "other" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: no job names a group
pool "p" {}
job "a" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# unknown: the group is told after apply
pool "p" {}
job "a" {
  pool_info { pool_id = pool.p.pool_id }
  metadata {
    name  = "isolation"
    value = local.unknown
  }
}
