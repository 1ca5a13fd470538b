# fail: one replica for a thousand nodes
# live:
#   gallery_images:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0: {replicas: {westeurope: 1, northeurope: 3}}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
  fixed_scale { target_dedicated_nodes = 1000 }
}
---
# pass: one for each three hundred
# live:
#   gallery_images:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0: {replicas: {westeurope: 4}}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
  fixed_scale { target_dedicated_nodes = 1000 }
}
---
# pass: there is none, which another rule says
# live:
#   gallery_images:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0: {replicas: {northeurope: 1}}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
  fixed_scale { target_dedicated_nodes = 1000 }
}
---
# not_applicable: an image of the marketplace
pool "p" {
  fixed_scale { target_dedicated_nodes = 1000 }
}
---
# unknown: the image is told after apply
pool "p" {
  image_reference { id = local.unknown }
}
---
# not_checked: the gallery was not read
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
  fixed_scale { target_dedicated_nodes = 1000 }
}
---
# not_checked: the account is not declared, so its region is not known
# live:
#   gallery_images:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0: {replicas: {westeurope: 1}}
pool "p" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/other"
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
