# no unknown: what is live and what was is known when applying

# fail: somebody resized it
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {fixed_scale.target_dedicated_nodes: [8, 10, action]}}
# observed:
#   pool.p: {document: {fixed_scale: {target_dedicated_nodes: 12}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# fail: somebody took the block out
# changes:
#   job.etl: {action: update, fields: {constraints.max_wall_clock_time: [PT1H, PT2H, live]}}
# observed:
#   job.etl: {document: {name: etl}}
job "etl" {
  constraints { max_wall_clock_time = "PT2H" }
}
---
# pass: all is as it was
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {fixed_scale.target_dedicated_nodes: [8, 10, action]}}
# observed:
#   pool.p: {document: {fixed_scale: {target_dedicated_nodes: 8}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 10 }
}
---
# pass: items of lists are known by their names
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {metadata.owner.value: [a, b, live]}}
# observed:
#   pool.p: {document: {metadata: [{name: owner, value: a}]}}
pool "p" {}
---
# pass: what Azure never tells is not compared
# changes:
#   pool.p:
#     action: update
#     strategy: in_place
#     fields: {fixed_scale.node_deallocation_option: [null, Requeue, action], odd.field: [null, a, live]}
# observed:
#   pool.p: {document: {fixed_scale: {target_dedicated_nodes: 8, node_deallocation_option: Terminate}}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 8 }
}
---
# pass: what is in the address of an object, and not in what Azure tells of it, is not compared
# changes:
#   pool.p: {action: replace, strategy: blue_green, fields: {name: [old, new, create]}}
# observed:
#   pool.p: {document: {vm_size: standard_d4s_v5}}
pool "p" {
  name = "new"
}
---
# not_applicable: it was not looked at again
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {fixed_scale.target_dedicated_nodes: [8, 10, action]}}
pool "p" {}
---
# not_applicable: the plan does not change it
# changes:
#   pool.p: {action: noop}
pool "p" {}
---
# pass: the schedule makes jobs, as it did
# changes:
#   job_schedule.nightly: {action: update, strategy: in_place, fields: {enabled: [true, false, action]}}
# observed:
#   job_schedule.nightly: {facts: {state: active}}
job_schedule "nightly" {}
---
# fail: somebody has disabled the schedule
# changes:
#   job_schedule.nightly: {action: update, strategy: in_place, fields: {enabled: [true, false, action]}}
# observed:
#   job_schedule.nightly: {facts: {state: disabled}}
job_schedule "nightly" {}
