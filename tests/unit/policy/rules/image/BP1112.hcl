# no unknown: what is live is known

# fail: two of three nodes are behind
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}, agents: {1.11.8: 2, 1.12.15: 1}}}
pool "p" {}
---
# fail: versions are compared as numbers
# as_of: 2024-04-10
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}, agents: {1.9.33: 1, 1.10.9: 1, 1.11.8: 1}}}
pool "p" {}
---
# pass: the newest that is known, and one that is not yet
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}, agents: {1.12.15: 2, 1.13.1: 1}}}
pool "p" {}
---
# pass: the newer one is not there for long
# as_of: 2025-04-10
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 1}, agents: {1.11.11: 1}}}
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
# not_checked: nodes were not read
# observed: {pool.p: {}}
pool "p" {}
---
# not_checked: agents were not read
# observed: {pool.p: {}}
# live:
#   nodes: {pool.p: {by_state: {idle: 3}}}
pool "p" {}
