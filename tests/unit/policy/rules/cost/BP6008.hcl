# no unknown: what was made is known

# fail: two days
# state:
#   generations:
#     - {address: 'pool.p.retired["p-0"]', name: p-0, created_at: 2026-11-01T12:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-20T10:00:00Z}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-0: {by_state: {idle: 3, running: 1}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# pass: it is empty
# state:
#   generations:
#     - {address: 'pool.p.retired["p-0"]', name: p-0, created_at: 2026-11-01T12:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-20T10:00:00Z}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-0: {by_state: {idle: 0}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# pass: there still is a way back
# state:
#   generations:
#     - {address: 'pool.p.retired["p-0"]', name: p-0, created_at: 2026-11-01T12:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-22T10:00:00Z}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-0: {by_state: {idle: 3}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# pass: a policy set keeps the way back for longer
# state:
#   generations:
#     - {address: 'pool.p.retired["p-0"]', name: p-0, created_at: 2026-11-01T12:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-20T10:00:00Z}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-0: {by_state: {idle: 3}}
# params: {hours: 72}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# not_applicable: the old one is gone
# state:
#   generations:
#     - {address: 'pool.p.retired["p-0"]', name: p-0, created_at: 2026-11-01T12:00:00Z, gone_at: 2026-11-20T12:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-20T10:00:00Z}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-0: {by_state: {}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# not_applicable: there is one generation
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# not_applicable: its next generation is being proved
# state:
#   generations:
#     - {address: 'pool.p.candidate["p-0"]', name: p-0, created_at: 2026-11-20T10:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-01T12:00:00Z}
# live:
#   nodes:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west/pools/p-0: {by_state: {idle: 3}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# not_checked: the nodes of the old one were not read
# state:
#   generations:
#     - {address: 'pool.p.retired["p-0"]', name: p-0, created_at: 2026-11-01T12:00:00Z}
#     - {address: pool.p, name: p-1, created_at: 2026-11-20T10:00:00Z}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
