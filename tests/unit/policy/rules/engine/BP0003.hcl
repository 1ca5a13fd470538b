# no unknown: what was written and what was found are always known

# fail: nothing was found there
# record:
#   unused:
#     - {rule: BP1302, address: pool.p, reason: the start task only reports}
---
# pass: all are used
