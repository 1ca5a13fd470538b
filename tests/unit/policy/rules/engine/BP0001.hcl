# no unknown: what was written and what was found are always known

# fail: a word is no reason
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: ok, expires: "2027-01-31"}
---
# fail: an override needs one, too
# overrides:
#   - {rule: BP3001, reason: now}
---
# fail: a file of suppressions
# suppressed:
#   - {rule: BP1302, address: "module.*", reason: "", central: true}
---
# pass: a sentence
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: the start task only reports}
---
# pass: a policy set may ask for less
# params: {length: 2}
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: ok}
