# no unknown: what was written and what was found are always known

# fail: a value is not known
# record:
#   undecided: [[two_nodes_in_prod, pool.p, auto_scale.formula is known only after apply]]
---
# fail: at the gate it is an error
# record:
#   gate: true
#   undecided: [[two_nodes_in_prod, pool.p, auto_scale.formula is known only after apply]]
---
# pass: all were decided
