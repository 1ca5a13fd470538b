# fail: an image of a gallery
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# fail: an image that others share
pool "p" {
  image_reference { community_gallery_image_id = "/CommunityGalleries/contoso-1234/Images/render/Versions/1.0.0" }
}
---
# fail: what is said is no image
pool "p" {
  tags = { base_image = "ubuntu 22.04" }
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# pass: a tag says so
pool "p" {
  tags = { base_image = "microsoft-dsvm:ubuntu-hpc:2204" }
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# pass: metadata say so
pool "p" {
  metadata {
    name  = "base_image"
    value = "microsoft-dsvm:ubuntu-hpc:2204:latest"
  }
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# not_applicable: an image of the marketplace
pool "p" {}
---
# unknown: the tag is told after apply
pool "p" {
  tags = { base_image = local.unknown }
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
