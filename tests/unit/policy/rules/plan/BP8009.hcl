# no unknown: changes and nodes are known when planning

# fail: the identity changes under nodes
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {identity.user_assigned_identities: [[a], [b], empty]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 8, current_low_priority_nodes: 0}}
pool "p" {}
---
# pass: there are no nodes
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {identity.user_assigned_identities: [[a], [b], empty]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 0, current_low_priority_nodes: 0}}
pool "p" {}
---
# pass: the identity stays
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {metadata: [[], [], live]}}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 8}}
pool "p" {}
---
# not_applicable: it is emptied first
# changes:
#   pool.p: {action: update, strategy: drain_and_patch, fields: {identity.type: [None, UserAssigned, empty]}}
pool "p" {}
