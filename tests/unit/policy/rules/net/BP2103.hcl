# no unknown: the modes are read

# fail: the nodes are older than the change
# observed:
#   pool.p: {facts: {target_node_communication_mode: Simplified, current_node_communication_mode: Classic}}
pool "p" {}
---
# pass: the nodes use it
# observed:
#   pool.p: {facts: {target_node_communication_mode: Simplified, current_node_communication_mode: Simplified}}
pool "p" {}
---
# not_applicable: the service chooses
# observed:
#   pool.p: {facts: {target_node_communication_mode: Default, current_node_communication_mode: Simplified}}
pool "p" {}
---
# not_checked: the modes were not read
# observed:
#   pool.p: {}
pool "p" {}
