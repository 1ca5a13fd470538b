# fail: too many dedicated nodes
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
  fixed_scale { target_dedicated_nodes = 2500 }
}
---
# fail: too many Spot nodes by formula
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
  auto_scale { formula = "$TargetLowPriorityNodes = min(1200, $PendingTasks.GetSample(1));" }
}
---
# pass: at the limits
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
  fixed_scale {
    target_dedicated_nodes    = 2000
    target_low_priority_nodes = 1000
  }
}
---
# not_applicable: an image of a gallery
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
  fixed_scale { target_dedicated_nodes = 2500 }
}
---
# unknown: the target is told after apply
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
  fixed_scale { target_dedicated_nodes = tonumber(local.unknown) }
}
