# no unknown: what was written and what was found are always known

# fail: a hard rule is suppressed
# suppressed:
#   - {rule: BP7004, address: pool.p, reason: we like this name}
# record: {levels: {BP7004: hard}}
---
# fail: a hard rule is overridden
# overrides:
#   - {rule: BP7004, reason: we like this name}
# record: {levels: {BP7004: hard}}
---
# pass: a soft one is
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: the start task only reports}
# record: {levels: {BP1302: soft}}
