# no unknown: steps and states are known when planning

# fail: a job is patched while it is active
# changes:
#   job.etl: {action: update, fields: {pool_info.pool_id: [render-1, render-2, action]}}
# observed:
#   job.etl: {facts: {state: active}}
# steps:
#   - {type: Patch, address: job.etl}
job "etl" {
  pool_info { pool_id = "render-2" }
}
---
# fail: it is enabled too early
# changes:
#   job.etl: {action: update, fields: {pool_info.pool_id: [render-1, render-2, action]}}
# observed:
#   job.etl: {facts: {state: disabled}}
# steps:
#   - {type: EnableJob, address: job.etl}
#   - {type: Patch, address: job.etl, id: s7}
job "etl" {
  pool_info { pool_id = "render-2" }
}
---
# fail: its pool is its own
# changes:
#   job.etl:
#     action: update
#     before: {pool_info: {auto_pool_specification: {pool_lifetime_option: job}}}
#     fields: {pool_info.pool_id: [null, render-2, action]}
# observed:
#   job.etl: {facts: {state: active}}
job "etl" {
  pool_info { pool_id = "render-2" }
}
---
# pass: it is disabled, patched and enabled
# changes:
#   job.etl: {action: update, fields: {pool_info.pool_id: [render-1, render-2, action]}}
# observed:
#   job.etl: {facts: {state: active}}
# steps:
#   - {type: DisableJob, address: job.etl, option: wait}
#   - {type: JobIs, address: job.etl, state: disabled}
#   - {type: Patch, address: job.etl}
#   - {type: EnableJob, address: job.etl}
job "etl" {
  pool_info { pool_id = "render-2" }
}
---
# pass: it is disabled already
# changes:
#   job.etl: {action: update, fields: {pool_info.pool_id: [render-1, render-2, action]}}
# observed:
#   job.etl: {facts: {state: Disabled}}
# steps:
#   - {type: Patch, address: job.etl}
#   - {type: EnableJob, address: job.etl}
job "etl" {
  pool_info { pool_id = "render-2" }
}
---
# pass: its own pool only stays longer
# changes:
#   job.etl:
#     action: update
#     before: {pool_info: {auto_pool_specification: {pool_lifetime_option: job}}}
#     fields: {pool_info.auto_pool_specification.keep_alive: [false, true, live]}
# observed:
#   job.etl: {facts: {state: active}}
job "etl" {}
---
# not_checked: its state was not read
# changes:
#   job.etl: {action: update, fields: {pool_info.pool_id: [render-1, render-2, action]}}
# observed:
#   job.etl: {}
job "etl" {}
---
# not_applicable: it stays where it is
# changes:
#   job.etl: {action: update, fields: {priority: [0, 5, live]}}
job "etl" {}
