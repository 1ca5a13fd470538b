# no unknown: what is deleted and what names it is known when planning

# fail: a declared job and a schedule still name it
# changes:
#   pool.old: {action: delete, strategy: remove}
#   job.etl: {action: noop}
#   job_schedule.nightly: {action: update}
# live: {jobs: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: []}}
job "etl" {
  pool_info { pool_id = "old" }
}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = "old" }
  }
}
---
# fail: jobs that somebody else made run on it
# changes:
#   pool.old: {action: delete, strategy: remove}
# live:
#   jobs:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old:
#       - {name: adhoc, state: active}
#       - {name: weekly, state: disabled, schedule: true}
#       - {name: done, state: completed}
---
# not_checked: the jobs on it were not read
# changes:
#   pool.old: {action: delete, strategy: remove}
---
# pass: its jobs are over, or deleted with it
# changes:
#   pool.old: {action: delete, strategy: remove}
#   job.etl: {action: delete, strategy: remove}
# live:
#   jobs:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old:
#       - {name: etl, state: active}
#       - {name: done, state: completed}
---
# not_applicable: it only leaves the state
# changes:
#   pool.old: {action: delete, strategy: forget}
---
# not_applicable: it stays
# changes:
#   pool.p: {action: update}
pool "p" {}
---
# not_applicable: a candidate is given up, and its work moves first
# changes:
#   pool.old: {action: delete, strategy: abandon}
# live:
#   jobs: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: [{name: etl, state: active}]}
# steps:
#   - {type: MoveWork, address: pool.old}
#   - {type: Delete, address: pool.old}
