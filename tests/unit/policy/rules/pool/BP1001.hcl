# no unknown: what is live is known

# fail: a pool of cloud services is kept as it is
# changes:
#   pool.p: {action: noop}
# observed:
#   pool.p: {document: {vm_size: small, fixed_scale: {target_dedicated_nodes: 3}}, facts: {current_dedicated_nodes: 3}}
pool "p" {
  lifecycle { ignore_changes = all }
}
---
# fail: before the day it is a warning
# as_of: 2024-02-28
# changes:
#   pool.p: {action: update}
# observed:
#   pool.p: {document: {vm_size: small}, facts: {current_dedicated_nodes: 3}}
pool "p" {}
---
# pass: it is of virtual machines
# changes:
#   pool.p: {action: noop}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 3}}
pool "p" {}
---
# not_applicable: it is replaced
# changes:
#   pool.p: {action: replace, replaced_by: p-2}
# observed:
#   pool.p: {document: {vm_size: small}, facts: {current_dedicated_nodes: 3}}
pool "p" {}
---
# not_applicable: it is not there yet
pool "p" {}
---
# not_checked: its nodes were not read
# changes:
#   pool.p: {action: noop}
# observed:
#   pool.p: {document: {vm_size: small}}
pool "p" {}
