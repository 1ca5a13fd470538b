# fail: many nodes of a marketplace image, and nothing is said
pool "p" {
  fixed_scale { target_dedicated_nodes = 1200 }
}
---
# fail: many nodes of a managed image
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
  fixed_scale {
    target_dedicated_nodes = 400
    resize_timeout         = "PT20M"
  }
}
---
# fail: a gallery takes a quarter of an hour for each thousand
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
  fixed_scale { target_dedicated_nodes = 2500 }
}
---
# fail: only the backup is large
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
  backup "north" {
    account_id = account.west.id
    fixed_scale { target_dedicated_nodes = 1500 }
  }
}
---
# fail: a pool that is replaced starts from nothing
# changes:
#   pool.p: {action: replace, replaced_by: p-2}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 1200, current_low_priority_nodes: 0}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1200 }
}
---
# pass: most of the nodes are there
# changes:
#   pool.p: {action: update}
# observed:
#   pool.p: {facts: {current_dedicated_nodes: 1100, current_low_priority_nodes: 0}}
pool "p" {
  fixed_scale { target_dedicated_nodes = 1200 }
}
---
# pass: the timeout is long enough
pool "p" {
  fixed_scale {
    target_dedicated_nodes = 1200
    resize_timeout         = "PT30M"
  }
}
---
# pass: few nodes of a gallery image need no quarter of an hour
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
  fixed_scale {
    target_dedicated_nodes = 4
    resize_timeout         = "PT5M"
  }
}
---
# not_applicable: a formula sizes it
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 3000;" }
}
---
# unknown: the timeout is told after apply
pool "p" {
  fixed_scale {
    target_dedicated_nodes = 1200
    resize_timeout         = local.unknown
  }
}
