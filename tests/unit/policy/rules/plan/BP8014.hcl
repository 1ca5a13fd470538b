# no unknown: what happens to a pool is always known

# fail: it is Sunday noon
# params: {windows: ["sat 01:00-05:00", "wed,thu 22:00-02:00"]}
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
---
# fail: it is emptied
# params: {windows: ["daily 22:00-04:00"]}
# changes:
#   pool.p: {action: update, strategy: drain_and_patch, fields: {vm_size: [a, b, empty]}}
pool "p" {}
---
# fail: upgrades begin
# params: {windows: ["sun 14:00-16:00"]}
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {upgrade_policy.mode: [manual, automatic, empty]}}
pool "p" {}
---
# fail: a window is written wrongly
# params: {windows: ["weekends"]}
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
---
# pass: within one of the windows
# params: {windows: ["sat 01:00-05:00", "sun 10:00-14:00"]}
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
---
# pass: the window began last night
# params: {windows: ["sat 22:00-13:00"]}
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
---
# not_applicable: its nodes are not touched
# params: {windows: ["sat 01:00-05:00"]}
# changes:
#   pool.p: {action: update, strategy: in_place, fields: {metadata: [[], [], live]}}
pool "p" {}
---
# not_applicable: there are no windows
# changes:
#   pool.p: {action: replace, strategy: blue_green, replaced_by: p-2}
pool "p" {}
