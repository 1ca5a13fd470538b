# no unknown: the mode is read

# fail: after the end
# observed:
#   pool.p: {facts: {current_node_communication_mode: Classic}}
pool "p" {}
---
# fail: before the end
# as_of: 2026-01-15
# observed:
#   pool.p: {facts: {current_node_communication_mode: classic}}
pool "p" {}
---
# pass: simplified
# observed:
#   pool.p: {facts: {current_node_communication_mode: Simplified}}
pool "p" {}
---
# not_checked: the mode was not read
# observed:
#   pool.p: {}
pool "p" {}
---
# not_applicable: it is not there yet
pool "p" {}
---
# not_applicable: it is replaced
# observed: {pool.p: {facts: {current_node_communication_mode: Classic}}}
# changes: {pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}}
pool "p" {}
