# no unknown: what was made is known

# fail: it was made this morning
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-1, created_at: 2026-11-22T07:30:00Z}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# fail: the fourth in a week
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-a, created_at: 2026-11-16T12:00:00Z, gone_at: 2026-11-18T12:00:00Z}
#     - {address: pool.p, name: p-b, created_at: 2026-11-18T12:00:00Z, gone_at: 2026-11-20T12:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-20T12:00:00Z}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# pass: it is three weeks old
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-1, created_at: 2026-11-01T12:00:00Z}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# pass: a policy set allows for more
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-1, created_at: 2026-11-22T07:30:00Z}
# params: {least_hours: 2}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# pass: another pool was made this morning
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-1, created_at: 2026-11-01T12:00:00Z}
#     - {address: pool.other, name: other-1, created_at: 2026-11-22T07:30:00Z}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
pool "other" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_applicable: it is not replaced
# changes:
#   pool.p: {action: update, strategy: blue_green, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-1, created_at: 2026-11-22T07:30:00Z}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
---
# not_applicable: when it was made is not known
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1 }
}
