# no unknown: what is live is known

# fail: it did not get its nodes
# observed:
#   pool.p:
#     facts:
#       current_dedicated_nodes: 3
#       target_dedicated_nodes: 10
#       resize_errors: [{code: AllocationFailed, message: "Desired number of dedicated nodes could not be allocated", values: []}]
# live:
#   nodes: {pool.p: {by_state: {idle: 3}}}
pool "p" {}
job "nightly" {
  pool_info { pool_id = pool.p.pool_id }
}
---
# fail: many nodes are out of order, and jobs that are not declared point at it
# observed:
#   pool.p: {facts: {resize_errors: []}}
# live:
#   nodes: {pool.p: {by_state: {idle: 5, unusable: 1, starttaskfailed: 2}}}
#   jobs: {pool.p: [{name: run-1, state: active}, {name: run-2, state: Active}, {name: run-0, state: completed}]}
pool "p" {}
---
# pass: one of ten
# observed:
#   pool.p: {facts: {resize_errors: []}}
# live:
#   nodes: {pool.p: {by_state: {idle: 9, unusable: 1}}}
#   jobs: {pool.p: [{name: run-1, state: active}]}
pool "p" {}
---
# pass: the error is of an earlier resize, and of one that was stopped
# observed:
#   pool.p:
#     facts:
#       current_dedicated_nodes: 10
#       target_dedicated_nodes: 10
#       resize_errors: [{code: AllocationTimedOut, message: "", values: []}]
#   pool.q:
#     facts:
#       current_dedicated_nodes: 5
#       target_dedicated_nodes: 10
#       resize_errors: [{code: ResizeStopped, message: "", values: []}]
# live:
#   nodes: {pool.p: {by_state: {idle: 10}}, pool.q: {by_state: {idle: 5}}}
#   jobs: {pool.p: [{name: run-1, state: active}], pool.q: [{name: run-1, state: active}]}
pool "p" {}
pool "q" {}
---
# not_applicable: no job points at it
# observed:
#   pool.p: {facts: {resize_errors: []}}
# live:
#   jobs: {pool.p: [{name: run-0, state: completed}]}
pool "p" {}
---
# not_applicable: it is not there yet
pool "p" {}
---
# not_checked: nodes were not read
# observed:
#   pool.p: {facts: {resize_errors: []}}
# live:
#   jobs: {pool.p: [{name: run-1, state: active}]}
pool "p" {}
---
# not_checked: jobs were not read
# observed:
#   pool.p: {facts: {resize_errors: []}}
pool "p" {}
