# no unknown: what is replaced or deleted is known when planning

# fail: nodes run tasks
# changes:
#   pool.old: {action: delete, strategy: remove}
# live:
#   nodes: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: {by_state: {idle: 3, running: 5}}}
#   jobs: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: []}
# steps:
#   - {type: Delete, address: pool.old}
---
# fail: tasks of a job wait for nodes
# changes:
#   pool.p: {action: replace, strategy: recreate}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}}}
#   jobs:
#     pool.p: [{name: etl, state: active}, {name: done, state: completed}, {name: nightly, state: active, schedule: true}]
#   task_counts: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/jobs/etl: {active: 12, running: 2, completed: 90}}
# steps: [{type: Delete, address: pool.p}]
pool "p" {}
---
# pass: nothing is left
# changes:
#   pool.old: {action: delete, strategy: remove}
# live:
#   nodes: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: {by_state: {idle: 3}}}
#   jobs: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: [{name: etl, state: active}]}
#   task_counts: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/jobs/etl: {active: 0, running: 0, completed: 90}}
# steps: [{type: Delete, address: pool.old}]
---
# not_checked: its nodes were not read
# changes:
#   pool.old: {action: delete, strategy: remove}
# steps: [{type: Delete, address: pool.old}]
---
# not_applicable: its tasks end first
# changes:
#   pool.old: {action: delete, strategy: remove}
# live:
#   nodes: {/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/old: {by_state: {running: 5}}}
# steps:
#   - {type: DisableAutoScale, address: pool.old}
#   - {type: Resize, address: pool.old, dedicated: 0, option: taskcompletion}
#   - {type: Delete, address: pool.old}
---
# not_applicable: it is on its way to zero
# changes:
#   pool.old: {action: delete, strategy: remove}
# steps:
#   - {type: Steady, address: pool.old}
#   - {type: Delete, address: pool.old}
---
# not_applicable: it is being deleted already
# changes:
#   pool.old: {action: delete, strategy: remove}
# steps:
#   - {type: Gone, address: pool.old}
---
# not_applicable: it is proved to be drained first
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# steps:
#   - {type: MoveWork, address: pool.p}
#   - {type: Delete, address: pool.p}
pool "p" {}
---
# not_applicable: it stays
# changes:
#   pool.p: {action: update}
pool "p" {}
