# no unknown: the states of nodes are known or not there

# fail: nodes that take no tasks
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {running: 5, unusable: 1, starttaskfailed: 2}}
#   jobs:
#     pool.p: []
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# fail: idle nodes that no job names
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {idle: 8}}
#   jobs:
#     pool.p: [{name: done, state: completed}]
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# pass: a job is active
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {idle: 8}}
#   jobs:
#     pool.p: [{name: render, state: active}]
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# pass: a schedule names the pool
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {idle: 8}}
#   jobs:
#     pool.p: []
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = pool.p.pool_id }
  }
}
---
# pass: it is tagged
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {idle: 8}}
#   jobs:
#     pool.p: []
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
  tags = { warm = "true" }
}
---
# pass: all of them work
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {running: 8}}
#   jobs:
#     pool.p: []
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# not_applicable: it has no nodes
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {}}
#   jobs:
#     pool.p: []
pool "p" {
  fixed_scale { target_dedicated_nodes = 0 }
}
---
# not_applicable: it is known to have none without asking for them
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 0, current_low_priority_nodes: 0}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# not_applicable: it is not there yet
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# not_checked: the nodes were not read
# observed:
#   pool.p: {}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# not_checked: the jobs were not read
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p: {by_state: {idle: 8}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
