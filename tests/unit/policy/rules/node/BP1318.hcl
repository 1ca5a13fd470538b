# no unknown: nodes are what they are

# fail: some are unusable and some failed
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p:
#       by_state: {idle: 7, unusable: 2, starttaskfailed: 1}
#       failures: [{node: tvm-1, state: unusable}, {node: tvm-2, state: unusable}, {node: tvm-3, state: starttaskfailed}]
pool "p" {}
---
# fail: many, of which three are named
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p:
#       by_state: {Offline: 4}
#       failures: [{node: tvm-1}, {node: tvm-2}, {node: tvm-3}, {node: tvm-4}]
pool "p" {}
---
# fail: one is not heard of
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p:
#       by_state: {running: 1, unknown: 1}
pool "p" {}
---
# pass: all work, or have been preempted
# observed:
#   pool.p: {}
# live:
#   nodes:
#     pool.p:
#       by_state: {idle: 3, running: 2, preempted: 1}
pool "p" {}
---
# not_applicable: the pool is not there yet
pool "p" {}
---
# not_checked: the nodes were not read
# observed:
#   pool.p: {}
pool "p" {}
