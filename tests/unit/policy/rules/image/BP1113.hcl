# no unknown: what is live is known

# fail: a node of long ago
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}, oldest_allocation: "2026-05-01T10:00:00+00:00"}}
pool "p" {}
---
# pass: all nodes are new
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}, oldest_allocation: "2026-11-01T10:00:00+00:00"}}
pool "p" {}
---
# not_applicable: there are no nodes
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {}}}
pool "p" {}
---
# not_applicable: it is not there yet
pool "p" {}
---
# not_checked: when nodes were allocated was not read
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}}}
pool "p" {}
