# no unknown: when the list was read is known

# fail: it was read a month ago
# live:
#   supported_images:
#     at: "2026-10-22T08:00:00+00:00"
#     west: []
pool "p" {}
---
# pass: it was read today
# live:
#   supported_images:
#     west: []
pool "p" {}
---
# pass: a policy set has more patience
# params: {days: 40}
# live:
#   supported_images:
#     at: "2026-10-22T08:00:00+00:00"
#     west: []
pool "p" {}
---
# not_checked: it was never read
pool "p" {}
