# no unknown: what was written and what was found are always known

# fail: yesterday was the last day
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: the start task only reports, expires: "2026-11-21"}
---
# pass: today still counts
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: the start task only reports, expires: "2026-11-22"}
---
# fail: the same suppression a day later
# as_of: 2026-11-23
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: the start task only reports, expires: "2026-11-22"}
---
# pass: it has no end
# suppressed:
#   - {rule: BP1302, address: pool.p, reason: the start task only reports}
