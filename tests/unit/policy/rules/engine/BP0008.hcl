# no unknown: what was written and what was found are always known

# fail: some are fixed
# record:
#   gone:
#     - {fingerprint: a1, rule: BP1302, address: pool.p}
#     - {fingerprint: a2, rule: BP1302, address: pool.q}
#     - {fingerprint: a3, rule: BP1307, address: pool.q}
#     - {fingerprint: a4, rule: BP8013, address: ""}
---
# pass: all are still there
