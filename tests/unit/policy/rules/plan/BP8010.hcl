# no unknown: steps and what is live are known when planning

# fail: it is resized while its formula counts
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {document: {auto_scale: {formula: "$TargetDedicatedNodes = 4;"}}}
# steps:
#   - {type: Resize, address: pool.p, dedicated: 4}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# fail: autoscale is on again before the resize
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {document: {fixed_scale: {target_dedicated_nodes: 4}}}
# steps:
#   - {type: EnableAutoScale, address: pool.p}
#   - {type: Resize, address: pool.p, id: s9, dedicated: 4}
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 4;" }
}
---
# pass: autoscale is switched off first
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {document: {auto_scale: {formula: "$TargetDedicatedNodes = 4;"}}}
# steps:
#   - {type: DisableAutoScale, address: pool.p}
#   - {type: Resize, address: pool.p, dedicated: 4}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# pass: its size is fixed
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {}
# steps:
#   - {type: Resize, address: pool.p, dedicated: 4}
pool "p" {
  fixed_scale { target_dedicated_nodes = 4 }
}
---
# not_applicable: no step resizes it
# changes:
#   pool.p: {action: update, strategy: in_place}
# observed:
#   pool.p: {}
pool "p" {}
