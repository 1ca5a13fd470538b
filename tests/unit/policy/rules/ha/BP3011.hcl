# fail: an id that no pool here has
pool "p" {}
job "etl" {
  pool_info { pool_id = "p" }
}
---
# fail: a schedule, too
job_schedule "nightly" {

  job_specification {
    pool_info { pool_id = "render-pool" }
  }
}
---
# pass: it follows the pool
pool "p" {}
job "etl" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# not_applicable: Batch makes its pool
job "etl" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            publisher = "microsoft-dsvm"
            offer     = "ubuntu-hpc"
            sku       = "2204"
          }
        }
      }
    }
  }
}
---
# unknown: the id is told after apply
job "etl" {
  pool_info { pool_id = local.unknown }
}
---
# not_applicable: a part of the configuration is planned
# settings: {partial: true}
job "etl" {
  pool_info { pool_id = "render-1" }
}
