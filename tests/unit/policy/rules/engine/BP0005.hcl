# no unknown: what was written and what was found are always known

# fail: there is no such rule
# suppressed:
#   - {rule: BP9999, address: pool.p, reason: the start task only reports}
---
# fail: it has another id now
# mentions:
#   - {rule: BP1000, by: 'policy_set "prod"'}
# record: {levels: {BP1001: hard}, renamed: {BP1000: BP1001}}
---
# pass: it is there
# overrides:
#   - {rule: BP1302, reason: the start task only reports}
# record: {levels: {BP1302: soft}}
