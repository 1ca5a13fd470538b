# no unknown: steps and what is live are known when applying

# fail: it was changed twelve seconds ago
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {facts: {last_modified: "2026-11-22T11:59:48.1234567Z"}}
# steps:
#   - {type: EnableAutoScale, address: pool.p}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 4;" }
}
---
# pass: that was a minute ago
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {facts: {last_modified: "2026-11-22T11:59:00Z"}}
# steps:
#   - {type: EnableAutoScale, address: pool.p}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 4;" }
}
---
# not_checked: the last change was not read
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {}
# steps:
#   - {type: EnableAutoScale, address: pool.p}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 4;" }
}
---
# not_applicable: it had a fixed size
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {document: {fixed_scale: {target_dedicated_nodes: 4}}, facts: {last_modified: "2026-11-22T11:59:48Z"}}
# steps:
#   - {type: EnableAutoScale, address: pool.p}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 4;" }
}
---
# not_applicable: no step enables autoscale
# changes:
#   pool.p: {action: update, strategy: in_place}
pool "p" {}
