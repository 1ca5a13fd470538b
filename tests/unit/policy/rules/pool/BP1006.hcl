# fail: support is over
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
}
---
# fail: a pool that is there and keeps its image is only warned about
# observed: {pool.p: {}}
# changes: {pool.p: {action: noop}}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
}
---
# fail: before the day it is a warning
# as_of: 2026-03-31
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
}
---
# fail: only the backup has one
pool "p" {
  backup "north" {
    account_id = account.west.id
    image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/images/centos-hpc-image" }
  }
}
---
# pass: an image of a gallery
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# not_applicable: an image of the marketplace
pool "p" {}
---
# unknown: the id is told after apply
pool "p" {
  image_reference { id = local.unknown }
}
