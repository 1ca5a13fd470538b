# no unknown: what is deleted is known when planning

# fail: two of three pools go
# changes:
#   pool.a: {action: delete, strategy: remove}
#   pool.b: {action: delete, strategy: remove}
#   pool.c: {action: noop}
pool "c" {}
---
# fail: an account goes
# changes:
#   account.north: {action: delete, strategy: remove}
#   pool.c: {action: noop}
pool "c" {}
---
# pass: one pool goes
# changes:
#   pool.a: {action: delete, strategy: remove}
#   pool.c: {action: noop}
pool "c" {}
---
# pass: pools are only forgotten, and replaced
# changes:
#   pool.a: {action: delete, strategy: forget}
#   pool.b: {action: delete, strategy: forget}
#   pool.c: {action: replace, strategy: blue_green, replaced_by: c-2}
pool "c" {}
---
# pass: a policy set allows more
# params: {at_least: 2}
# changes:
#   pool.a: {action: delete, strategy: remove}
#   pool.b: {action: delete, strategy: remove}
---
# pass: a fifth of many pools goes
# params: {percent: 40, at_least: 0}
# changes:
#   pool.a: {action: delete, strategy: remove}
#   pool.b: {action: delete, strategy: remove}
#   pool.c: {action: noop}
#   pool.d: {action: noop}
#   pool.e: {action: noop}
pool "c" {}
pool "d" {}
pool "e" {}
---
# not_applicable: the command says so
# settings: {operation: destroy}
# changes:
#   pool.a: {action: delete, strategy: remove}
#   pool.b: {action: delete, strategy: remove}
